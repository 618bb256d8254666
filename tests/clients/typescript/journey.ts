// What a learner system does here through the types that `openapi-typescript` made of the document.
// `node journey.ts ASKED`: what is asked and what came of it are JSON. `document.ts` is generated.

import createClient from "openapi-fetch";
import type { components, paths } from "./document.ts";

declare const process: { argv: string[]; stdout: { write(text: string): void } };

type Schemas = components["schemas"];
type Asked = Record<"server" | "bringing" | "reading" | "enrolment" | "handed_in" | "content", string>;

const asked: Asked = JSON.parse(process.argv[2]!);
const [bringing, reading] = (["bringing", "reading"] as const).map((token) =>
  createClient<paths>({ baseUrl: asked.server, headers: { Authorization: `Bearer ${asked[token]}` } }),
) as [ReturnType<typeof createClient<paths>>, ReturnType<typeof createClient<paths>>];

function found<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const content = new TextEncoder().encode(asked.content);
const offer: Schemas["OfferIn"] = {
  enrolment_id: asked.enrolment,
  title: "Log of the week",
  filename: "log.txt",
  media_type: "text/plain",
  size: content.length,
  sha256: hex(await crypto.subtle.digest("SHA-256", content)),
};
const header = { "Idempotency-Key": "log-of-the-week-in-typescript" };
const offered = found(await bringing.POST("/v1/evidence", { body: offer, params: { header } }));
for (const part of offered.parts) {
  const begin = (part.number - 1) * offered.part_size;
  const body = content.slice(begin, begin + offered.part_size);
  const kept = await fetch(part.url, { method: "PUT", headers: part.headers, body });
  if (!kept.ok) throw new Error(await kept.text());
}
const path = { evidence_id: offered.id };
const completion: Schemas["CompletionIn"] = { version: offered.version_number };
found(await bringing.POST("/v1/evidence/{evidence_id}/upload", { params: { path }, body: completion }));
const brought = found(await bringing.GET("/v1/evidence/{evidence_id}", { params: { path } }));

const faulty = (await bringing.POST("/v1/evidence", { body: { ...offer, size: -1 } })).error;
if (faulty?.status !== 422) throw new Error("a file of -1 bytes was taken");
const claims: Schemas["ClaimsIn"] = { version: 1, codes: ["K1"] };
const refused = (await bringing.POST("/v1/evidence/{evidence_id}/claims", { params: { path }, body: claims })).error;
if (refused?.status !== 403) throw new Error("a program claimed");

const there = { params: { path: { evidence_id: asked.handed_in } } };
const item = found(await reading.GET("/v1/evidence/{evidence_id}", there));
const bytes = found(await reading.GET("/v1/evidence/{evidence_id}/content", { ...there, parseAs: "arrayBuffer" }));
const part = found(
  await reading.GET("/v1/evidence/{evidence_id}/content", {
    params: { ...there.params, header: { Range: "bytes=1-4" } },
    parseAs: "arrayBuffer",
  }),
);
const enrolment = { params: { path: { enrolment_id: asked.enrolment } } };
const readiness = found(await reading.GET("/v1/enrolments/{enrolment_id}/readiness", enrolment));

const events: Schemas["ChangesOut"]["items"] = [];
let page = found(await reading.GET("/v1/changes", { params: { query: { limit: 3 } } }));
while (page.items.length > 0) {
  events.push(...page.items);
  page = found(await reading.GET("/v1/changes", { params: { query: { limit: 3, after: page.next } } }));
}
process.stdout.write(
  JSON.stringify({
    brought: offered.id,
    stage: brought.versions.at(-1)!.stage,
    faulty: { status: faulty.status, fields: Object.keys(faulty.fields ?? {}).sort() },
    refused: { status: refused.status, type: refused.type },
    claims: item.versions.at(-1)!.claims.map((claim) => claim.code).sort(),
    bytes: hex(bytes),
    part: hex(part),
    outcomes: readiness.outcomes.map((each) => [each.outcome, each.state]),
    events: events.map((event) => event.type),
  }),
);
