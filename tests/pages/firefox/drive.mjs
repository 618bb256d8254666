// Drives Debian's Firefox for somebody who writes acts as JSON, a line each, and is answered in the same way.
// What has a role and a name is found as sighted people find it: by its label or its words.
import { createInterface } from "node:readline"
import puppeteer from "puppeteer-core"

const KINDS = {
    button: "button, a[role=button]",
    link: "a[href]",
    checkbox: "input[type=checkbox]",
    radio: "input[type=radio]",
    textbox: "textarea, input:not([type]), input[type=text], input[type=date]",
}
const [executablePath, patience] = process.argv.slice(2)
const timeout = Number(patience)
const browser = await puppeteer.launch({ browser: "firefox", executablePath, headless: true, timeout })
let page
let complaints = []

const found = async (role, name) => {
    const handle = await page.evaluateHandle((selector, name) => {
        const words = each => (each.getAttribute("aria-label") ?? each.labels?.[0]?.textContent ?? each.textContent)
        const named = each => words(each).replaceAll(/\s+/g, " ").trim().startsWith(name)
        return [...document.querySelectorAll(selector)].find(each => named(each) && each.checkVisibility()) ?? null
    }, KINDS[role], name)
    if (handle.asElement() === null) throw new Error(`There is no ${role} “${name}” on ${page.url()}`)
    return handle
}

const ACTS = {
    async sit({ session, host, width }) {
        const context = await browser.createBrowserContext()
        await context.setCookie({ name: "portfolio", value: session, domain: host, path: "/" })
        page = await context.newPage()
        page.setDefaultTimeout(timeout)
        await page.setViewport({ width, height: 900 })
        complaints = []
        page.on("console", message => complaints.push(message.text()))
        page.on("pageerror", error => complaints.push(String(error)))
        page.on("requestfailed", request => { // but not what it gave up because it went on to another page
            if (request.failure()?.errorText !== "NS_BINDING_ABORTED") complaints.push(request.url())
        })
    },
    async go({ address }) {
        return (await page.goto(address, { waitUntil: "load" })).status()
    },
    async use({ role, name }) {
        const target = await found(role, name)
        await Promise.all([page.waitForNavigation({ waitUntil: "load" }), target.click()])
    },
    async click({ role, name }) {
        await (await found(role, name)).click()
    },
    async write({ name, text }) {
        const field = await found("textbox", name)
        await field.evaluate(each => { each.value = "" })
        await field.type(text)
    },
    async fill({ name, text }) {
        await (await found("textbox", name)).evaluate((each, text) => { each.value = text }, text)
    },
    async check({ role, name }) {
        const box = await found(role, name)
        if (!await box.evaluate(each => each.checked)) await box.click()
    },
    async reads({ text }) {
        const says = () => document.querySelector("main").innerText.replaceAll(/\s+/g, " ")
        try {
            await page.waitForFunction(`(${says})().includes(${JSON.stringify(text)})`)
        } catch {
            throw new Error(`“${text}” is not in: ${await page.evaluate(says)}`)
        }
    },
    async read() {
        return page.evaluate(() => ({
            heading: document.querySelector("h1").textContent.trim(),
            wide: document.documentElement.scrollWidth,
            scripted: document.body.classList.contains("govuk-frontend-supported"),
        }))
    },
    complain: async () => complaints.splice(0),
}

for await (const line of createInterface({ input: process.stdin })) {
    const { act, ...what } = JSON.parse(line)
    try {
        console.log(JSON.stringify({ answer: await ACTS[act](what) }))
    } catch (fault) {
        console.log(JSON.stringify({ fault: String(fault) }))
    }
}
await browser.close()
