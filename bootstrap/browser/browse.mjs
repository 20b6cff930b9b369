// Opens pages in Chromium: one line of JSON in, {url, width, dark, script, actions}, one out: what the actions give, and all
// that the page asked for, logged or threw. An action is [method of puppeteer's page, ...arguments], or ["keys", ...names],
// ["axe"]: https://github.com/dequelabs/axe-core, or ["wait"] until filters are done.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.argv[2]}/`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { default: puppeteer } = await load("puppeteer-core");
const { default: chromium } = await load("@sparticuz/chromium");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM || (await chromium.executablePath()),
  args: [...chromium.args, "--no-sandbox"],
  headless: "shell",
});

async function act(page, [name, ...given]) {
  if (name === "keys") for (const key of given) await page.keyboard.press(key);
  else if (name === "wait") await page.evaluate("new Promise((done) => setTimeout(done, 300))"); // in turn with its timers
  else if (name === "axe") {
    await page.evaluate(axe);
    const { violations } = await page.evaluate("axe.run(document, {resultTypes: ['violations']})");
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(" ")}`);
  } else return (await page[name](...given)) ?? null;
  return null;
}

async function visit({ url, width, height, dark, script, actions }) {
  const page = await browser.newPage();
  const said = { requests: [], errors: [], results: [] };
  page.on("request", (request) => request.url().startsWith("data:") || said.requests.push(request.url()));
  page.on("console", (message) => ["error", "warn"].includes(message.type()) && said.errors.push(message.text()));
  page.on("pageerror", (error) => said.errors.push(String(error)));
  page.on("dialog", (dialog) => said.errors.push(`dialog: ${dialog.message()}`) && dialog.dismiss());
  await page.setJavaScriptEnabled(script);
  await page.setViewport({ width, height });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.goto(url);
  for (const action of actions) said.results.push(await act(page, action));
  await page.close();
  return said;
}

console.log(JSON.stringify({ version: await browser.version() }));
for await (const line of createInterface({ input: process.stdin })) {
  const answer = await visit(JSON.parse(line)).catch((error) => ({ failed: String(error) }));
  console.log(JSON.stringify(answer));
}
await browser.close();
