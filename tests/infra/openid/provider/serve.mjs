// A real provider on loopback, for whoever reads its address off the first line. What it is asked for comes as JSON:
// `clients`, and the claims of each account by its name. Whoever signs in types that name; no password is asked.
import { createServer } from "node:http"
import { generateKeyPairSync } from "node:crypto"
import Provider from "oidc-provider"

const { clients, accounts } = JSON.parse(process.argv[2])
const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" })

const configuration = {
  clients,
  claims: { openid: ["sub"], email: ["email", "email_verified"], groups: ["groups"] },
  clientDefaults: { grant_types: ["authorization_code"], response_types: ["code"] },
  cookies: { keys: ["only for tests"] },
  jwks: { keys: [{ ...key, kid: "one", use: "sig", alg: "RS256" }] },
  features: {
    backchannelLogout: { enabled: true },
    devInteractions: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  fetch: (url, { dispatcher, ...options }) => fetch(url, options), // its own refuses to ask anybody on loopback
  pkce: { required: () => true },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...accounts[id] }) }),
  async loadExistingGrant({ oidc }) {
    const grant = new oidc.provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId })
    grant.addOIDCScope("openid email groups")
    await grant.save()
    return grant
  },
}

let answer
const server = createServer((request, response) => answer(request, response))
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`
  answer = new Provider(issuer, configuration).callback()
  console.log(issuer)
})
process.stdin.on("end", () => process.exit()).resume() // ends with whoever started it
