import { readFileSync } from "node:fs";
import { relative } from "node:path";
import * as ts from "typescript";
import { PACKAGE_ROOT } from "./sandbox";

/** An error as a source words it; values that are filled in stand as `${runnerId}`. */
export interface DiagnosticText {
  readonly file: string;
  readonly summary: string;
  /** Every piece of text of the detail, in its order. */
  readonly detail: string;
}

/** The errors that a source makes, by `new DiagnosticError` or by `addError`; a choice of summaries makes several. */
export function diagnosticTextsOf(file: string): DiagnosticText[] {
  return textsOf(file, (node) => (isNewError(node) || isCallOf(node, "addError") ? node.arguments : undefined));
}

/** The warnings that a source makes by `addWarning`. */
export function warningTextsOf(file: string): DiagnosticText[] {
  return textsOf(file, (node) => (isCallOf(node, "addWarning") ? node.arguments : undefined));
}

type ArgumentsOf = (node: ts.Node) => readonly ts.Expression[] | undefined;

function textsOf(file: string, argumentsOf: ArgumentsOf): DiagnosticText[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
  const found: DiagnosticText[] = [];
  const visit = (node: ts.Node): void => {
    const [summary, detail] = argumentsOf(node) ?? [];
    if (summary !== undefined && detail !== undefined) {
      const name = relative(PACKAGE_ROOT, file);
      for (const each of textsIn(initializerOf(summary, source) ?? summary))
        found.push({ file: name, summary: each, detail: textsIn(detail).join(" ") });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isNewError(node: ts.Node): node is ts.NewExpression {
  return ts.isNewExpression(node) && node.expression.getText() === "DiagnosticError";
}

function isCallOf(node: ts.Node, method: string): node is ts.CallExpression {
  return ts.isCallExpression(node) && node.expression.getText().endsWith(`.${method}`);
}

/** What a name stands for, where it is a constant of the source. */
function initializerOf(expression: ts.Expression, source: ts.SourceFile): ts.Expression | undefined {
  let found: ts.Expression | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === expression.getText()) found ??= node.initializer;
    ts.forEachChild(node, visit);
  };
  if (ts.isIdentifier(expression)) visit(source);
  return found;
}

/** The texts of an expression: one, or each of a choice; an expression without any stands for itself. */
function textsIn(expression: ts.Expression): string[] {
  if (ts.isStringLiteralLike(expression)) return [expression.text];
  if (ts.isTemplateExpression(expression)) {
    const spans = expression.templateSpans.map((span) => `\${${span.expression.getText()}}${span.literal.text}`);
    return [expression.head.text + spans.join("")];
  }
  if (ts.isConditionalExpression(expression))
    return [...textsIn(expression.whenTrue), ...textsIn(expression.whenFalse)];
  return [`\${${expression.getText()}}`];
}
