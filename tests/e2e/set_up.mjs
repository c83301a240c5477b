// Runs the rules of the set-up page without a browser: a list of {rule, arguments} on standard input, and what each
// gives, or the words of its error, on standard output. "data" among the arguments stands for the page's own.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const docs = new URL("../../docs/", import.meta.url);
const module = { exports: {} };
new Function("module", readFileSync(new URL("setup.js", docs), "utf8"))(module);
const text = readFileSync(new URL("index.html", docs), "utf8");
const data = JSON.parse(/id="data">\n([\s\S]*?)\n<\/script>/.exec(text)[1]);

const found = [];
for (const { rule, args } of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    found.push({ value: (await module.exports[rule](...args.map((each) => (each === "data" ? data : each)))) ?? null });
  } catch (error) {
    found.push({ error: error.message });
  }
}
process.stdout.write(JSON.stringify(found));
