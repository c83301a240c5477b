// Prints what GitHub's own parser says against each workflow file, as JSON: {path: [message, ...]}.
import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";

// The package is written for bundlers, which need no import attribute on JSON; Node does.
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return specifier.endsWith(".json") ? { ...found, importAttributes: { type: "json" } } : found;
  },
});

const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import("@actions/workflow-parser");

const found = {};
for (const path of process.argv.slice(2)) {
  const parsed = parseWorkflow({ name: path, content: readFileSync(path, "utf8") }, new NoOperationTraceWriter());
  const errors = parsed.context.errors.getErrors().map((error) => error.message);
  if (parsed.value) {
    const template = await convertWorkflowTemplate(parsed.context, parsed.value);
    errors.push(...(template.errors ?? []).map((error) => error.Message));
  }
  found[path] = [...new Set(errors)];
}
console.log(JSON.stringify(found));
