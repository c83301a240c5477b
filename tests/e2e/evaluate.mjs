// Evaluates expressions with GitHub's own library: {expressions: {name: text}, inputs: {...}} in, {name: value} out.
import { readFileSync } from "node:fs";
import { data, Evaluator, Lexer, Parser } from "@actions/expressions";

const asked = JSON.parse(readFileSync(0, "utf8"));
const inputs = new data.Dictionary(
  ...Object.entries(asked.inputs).map(([key, value]) => ({ key, value: new data.StringData(value) })),
);
const contexts = new data.Dictionary({ key: "inputs", value: inputs });
const found = {};
for (const [name, text] of Object.entries(asked.expressions)) {
  // The text around expressions stands as it is.
  found[name] = text.replace(/\$\{\{([^]*?)\}\}/g, (_, inner) => {
    const tree = new Parser(new Lexer(inner).lex().tokens, ["inputs"], []).parse();
    return new Evaluator(tree, contexts).evaluate().coerceString();
  });
}
console.log(JSON.stringify(found));
