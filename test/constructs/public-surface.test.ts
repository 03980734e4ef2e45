import { join } from "node:path";
import ts from "typescript";
import { PACKAGE_ROOT } from "../support/sandbox";

/** What the package's main door exports, as the compiler sees it. */
function exportedDeclarations(): ts.Declaration[] {
  const entry = join(PACKAGE_ROOT, "lib/constructs/index.ts");
  const program = ts.createProgram([entry], {
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    strict: true,
  });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
  return checker.getExportsOfModule(module).map((symbol) => {
    const original = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return original.declarations![0]!;
  });
}

type Member = ts.ClassElement | ts.TypeElement;

const declarations = exportedDeclarations();

function membersOf(declaration: ts.Declaration): readonly Member[] {
  if (!ts.isClassDeclaration(declaration) && !ts.isInterfaceDeclaration(declaration)) return [];
  return [...declaration.members].filter((member) => !isHidden(member));
}

/** Not for users, or documented where it comes from: in CDKTF's classes. */
function isHidden(member: Member): boolean {
  const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword, ts.SyntaxKind.OverrideKeyword];
  const modifiers = ts.canHaveModifiers(member) ? (ts.getModifiers(member) ?? []) : [];
  return (
    modifiers.some(({ kind }) => hidden.includes(kind)) ||
    (member.name !== undefined && ts.isPrivateIdentifier(member.name)) ||
    nameOf(member) === "tfResourceType" ||
    nameOf(member).startsWith("#") ||
    ts.getJSDocTags(member).some(({ tagName }) => tagName.text === "internal")
  );
}

function nameOf(node: ts.Declaration): string {
  return ts.getNameOfDeclaration(node)?.getText() ?? "constructor";
}

function everyMember(): { name: string; member: Member }[] {
  return declarations.flatMap((declaration) =>
    membersOf(declaration).map((member) => ({ name: `${nameOf(declaration)}.${nameOf(member)}`, member })),
  );
}

/** Tags alone, such as a default, tell nobody what a thing is. */
function hasSentence(node: ts.Node): boolean {
  return ts
    .getJSDocCommentsAndTags(node)
    .some((doc) => ts.isJSDoc(doc) && /\w+ \w+.*\./s.test(ts.getTextOfJSDocComment(doc.comment) ?? ""));
}

function contains(node: ts.Node, matches: (node: ts.Node) => boolean): boolean {
  return matches(node) || (ts.forEachChild(node, (child) => contains(child, matches)) ?? false);
}

test("has nothing but classes and interfaces", () => {
  const others = declarations.filter((each) => !ts.isClassDeclaration(each) && !ts.isInterfaceDeclaration(each));

  expect(declarations.length).toBeGreaterThan(20);
  expect(others.map(nameOf)).toEqual([]);
});

test("says of everything in a sentence what it is, and the default of everything optional", () => {
  const undocumented = [...declarations, ...everyMember().map(({ member }) => member)]
    .filter((node) => !ts.isConstructorDeclaration(node))
    .filter((node) => !hasSentence(node));
  const withoutDefault = everyMember().filter(
    ({ member }) =>
      ts.isPropertySignature(member) &&
      member.questionToken !== undefined &&
      !ts.getJSDocTags(member).some(({ tagName }) => tagName.text === "default"),
  );

  expect(undocumented.map(nameOf)).toEqual([]);
  expect(withoutDefault.map(({ name }) => name)).toEqual([]);
});

test("can be given to other languages: no generics, no unions, no overloads, nothing that changes", () => {
  const offending = everyMember().filter(({ member }) => {
    const signature = ts.isFunctionLike(member) ? [...member.parameters, member.type] : [member];
    return signature.some(
      (node) =>
        node !== undefined && contains(node, (each) => ts.isUnionTypeNode(each) || ts.isTypeParameterDeclaration(each)),
    );
  });
  const generic = declarations.filter(
    (each) => (ts.isClassDeclaration(each) || ts.isInterfaceDeclaration(each)) && each.typeParameters !== undefined,
  );
  const names = everyMember()
    .filter(({ member }) => ts.isMethodDeclaration(member))
    .map(({ name }) => name);
  const changeable = everyMember().filter(
    ({ member }) =>
      (ts.isPropertySignature(member) || ts.isPropertyDeclaration(member)) &&
      !member.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword),
  );

  expect(offending.map(({ name }) => name)).toEqual([]);
  expect(generic.map(nameOf)).toEqual([]);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(changeable.map(({ name }) => name)).toEqual([]);
});
