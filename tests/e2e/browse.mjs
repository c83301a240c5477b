// Opens pages in the Chromium that its argument names, and reports what it saw of each, as JSON: errors of the
// console, requests, what axe finds, what stands on it, and whether it overflows. Each line of standard input is a
// list of {url, width, height, dark, script, fill, press, then, shot}, and is answered by a line: what was seen of
// each, or {error}. The end of the input ends the browser.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const browser = await chromium.launch({
  executablePath: process.argv[2],
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});

async function look(given) {
  const context = await browser.newContext({
    viewport: { width: given.width, height: given.height },
    colorScheme: given.dark ? "dark" : "light",
    javaScriptEnabled: given.script !== false,
    timezoneId: given.zone || "Europe/Berlin",
    locale: given.locale || "en-GB",
    deviceScaleFactor: given.scale || 1,
    bypassCSP: false,
  });
  const page = await context.newPage();
  const seen = { console: [], requests: [], violations: [], focused: [] };
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && seen.console.push(message.text()));
  page.on("pageerror", (error) => seen.console.push(String(error)));
  page.on("request", (request) => seen.requests.push(request.url()));
  await page.goto(given.url);
  for (const [name, value] of Object.entries(given.fill || {})) {
    const field = page.locator(`[name="${name}"]`).first();
    const type = await field.getAttribute("type");
    if (type === "radio" || type === "checkbox") {
      for (const each of [value].flat()) await page.locator(`[name="${name}"][value="${each}"]`).click();
    } else if ((await field.evaluate((each) => each.tagName)) === "SELECT") await field.selectOption(value);
    else await field.fill(value);
  }
  for (let times = 0; times < (given.tab || 0); times += 1) {
    await page.keyboard.press("Tab");
    seen.focused.push(
      await page.evaluate(() => {
        const each = document.activeElement;
        const style = getComputedStyle(each);
        return { id: each.id || each.getAttribute("name") || each.tagName, ring: style.outlineStyle !== "none" };
      }),
    );
  }
  for (const key of given.press || []) await page.keyboard.press(key);
  if (given.click) await page.locator(given.click).click();
  if (given.wait) await page.locator(given.wait).waitFor();
  for (const [name, value] of Object.entries(given.then || {})) await page.locator(`[name="${name}"]`).fill(value);
  seen.text = await page.evaluate(() => document.body.innerText);
  if (given.script !== false) {
    seen.file = await page.locator("#file").textContent().catch(() => "");
    seen.sealed = await page.locator("#sealed").textContent().catch(() => "");
    seen.zones = await page.locator("#zones option").evaluateAll((all) => all.map((each) => each.value));
    seen.labels = await page.locator("#day .remind").evaluateAll((all) => all.map((each) => ((box) => [box.left, box.right])(each.getBoundingClientRect())));
    seen.links = await page.evaluate(() => [...document.links].map((each) => each.href));
    seen.overflows = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    if (given.axe) {
      // axe goes into the page by the debugger, which the page's own policy does not bind.
      const session = await context.newCDPSession(page);
      await session.send("Runtime.evaluate", { expression: readFileSync(axe, "utf8") });
      const found = await page.evaluate(() => window.axe.run(document, { preload: false, resultTypes: ["violations"] }));
      seen.violations = found.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.target.join(" ")).join(", ")}`);
    }
  }
  if (given.shot) await page.screenshot({ path: given.shot, fullPage: true });
  await context.close();
  return seen;
}

for await (const line of createInterface({ input: process.stdin })) {
  let all = [];
  try {
    for (const view of JSON.parse(line)) all.push(await look(view));
  } catch (error) {
    all = { error: String(error) };
  }
  process.stdout.write(`${JSON.stringify(all)}\n`);
}
await browser.close();
