import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type ParseOptions, parseSync } from '@swc/core';
import { ROOT, sourceFiles } from './workspace';

const FILE_LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const PARSE: ParseOptions = { syntax: 'typescript', target: 'es2023' };

const FILE_NAME = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*\.m?ts$/;
const BANNED_NAME = /(^|[-./])(utils?|helpers?|common|manager|misc)([-./]|$)/;
const BANNED_CLASS = /\b(?:class|interface|type)\s+\w*(?:Manager|Helper|Util)s?\b/;
const UNFINISHED = new RegExp(`\\b(${['TO' + 'DO', 'FIX' + 'ME', 'HA' + 'CK', 'X'.repeat(3)].join('|')})\\b`);
const LONELY_TEST = new RegExp(`\\b(?:it|test|describe)\\.${'only'}\\b|\\bf(?:it|describe)\\(`);

const FUNCTIONS = new Set([
  'ArrowFunctionExpression',
  'ClassMethod',
  'Constructor',
  'FunctionDeclaration',
  'FunctionExpression',
  'GetterProperty',
  'MethodProperty',
  'PrivateMethod',
  'SetterProperty',
]);

/** Names that a ban would hit and that are right all the same, each with its reason. */
const NAMES_WITH_A_REASON = new Set([
  'libs/contracts/src/common.ts', // the package clearway.common.v1 of proto/, named there
]);

const EXPORT =
  /^export (?:declare |abstract |async )*(?:const|let|function\*?|class|interface|type|enum) (\w+)/;
/** What only tests run may do without docstrings. */
const FOR_TESTS = /(\.spec\.ts$|\/fixtures\/)/;

interface SyntaxNode {
  readonly type: string;
  readonly span?: { readonly start: number; readonly end: number };
  readonly [key: string]: unknown;
}

interface Source {
  readonly file: string;
  readonly text: string;
}

const sources: readonly Source[] = sourceFiles().map((file) => ({
  file,
  text: readFileSync(path.join(ROOT, file), 'utf8'),
}));

describe('the style of the tree', () => {
  it('finds files to judge', () => expect(sources.length).toBeGreaterThan(20));

  it(`keeps files within ${FILE_LINES_MAX} lines`, () => {
    expect(where(({ text }) => (linesOf(text) > FILE_LINES_MAX ? [`${linesOf(text)} lines`] : []))).toEqual(
      [],
    );
  });

  it(`keeps functions within ${FUNCTION_LINES_MAX} lines`, () => expect(where(longFunctions)).toEqual([]));

  it('names files in kebab-case and by what they hold', () => {
    const judged = sources.map(({ file }) => file).filter((file) => !NAMES_WITH_A_REASON.has(file));
    expect(judged.filter((file) => !FILE_NAME.test(path.basename(file)) || BANNED_NAME.test(file))).toEqual(
      [],
    );
  });

  it('names nothing Manager, Helper or Util', () => expect(where(matching(BANNED_CLASS))).toEqual([]));

  it('leaves nothing unfinished', () => expect(where(matching(UNFINISHED))).toEqual([]));

  it('says of every export what it is', () => expect(where(undocumentedExports)).toEqual([]));

  it('runs every test', () => expect(where(matching(LONELY_TEST))).toEqual([]));

  it('has no default exports, no `any` and no const enums', () => expect(where(bannedSyntax)).toEqual([]));
});

describe('the style test itself', () => {
  it('sees a long function', () => {
    const text = `const a = 1;\nfunction long() {\n${'  a;\n'.repeat(FUNCTION_LINES_MAX)}}\n`;
    expect(longFunctions({ file: 'a.ts', text })).toEqual([`line 2: ${FUNCTION_LINES_MAX + 2} lines`]);
  });

  it('does not count what describe() holds as one function', () => {
    const text = `describe('a', () => {\n${'  a;\n'.repeat(FUNCTION_LINES_MAX)}});\n`;
    expect(longFunctions({ file: 'a.spec.ts', text })).toEqual([]);
  });

  it('sees an export without a docstring', () => {
    const text =
      '/** Said. */\nexport const a = 1;\nexport async function b() {}\nexport { c } from "./c";\n';
    expect(undocumentedExports({ file: 'a.ts', text })).toEqual(['line 3: b']);
  });

  it('accepts one docstring for all overloads', () => {
    const text = '/** Said. */\nexport function a(): void;\nexport function a(b?: number): void {}\n';
    expect(undocumentedExports({ file: 'a.ts', text })).toEqual([]);
  });

  it('reads a program that starts with the name of its interpreter', () => {
    expect(bannedSyntax({ file: 'a.ts', text: '#!/usr/bin/env node\nconst a: any = 1;\n' })).toEqual([
      'line 2: any',
    ]);
  });

  it.each([
    ['export default 1;', 'ExportDefaultExpression'],
    ['const é: any = 1;', 'any'],
    ['const enum A { B }', 'const enum'],
  ])('sees %s', (text, found) => {
    expect(bannedSyntax({ file: 'a.ts', text })).toEqual([`line 1: ${found}`]);
  });
});

function where(judge: (source: Source) => string[]): string[] {
  return sources.flatMap((source) => judge(source).map((found) => `${source.file}: ${found}`));
}

function matching(pattern: RegExp): (source: Source) => string[] {
  return ({ text }) =>
    text.split('\n').flatMap((line, at) => (pattern.test(line) ? [`line ${at + 1}: ${line.trim()}`] : []));
}

function linesOf(text: string): number {
  return text.split('\n').length - 1;
}

/** Re-exports are documented where they are declared, and overloads at the first of them. */
function undocumentedExports({ file, text }: Source): string[] {
  if (FOR_TESTS.test(file)) return [];
  const lines = text.split('\n');
  return lines.flatMap((line, at) => {
    const name = EXPORT.exec(line)?.[1];
    const above = lines[at - 1] ?? '';
    if (name === undefined || above.trimEnd().endsWith('*/') || EXPORT.exec(above)?.[1] === name) return [];
    return [`line ${at + 1}: ${name}`];
  });
}

function longFunctions({ text }: Source): string[] {
  return inspect(text, (node, lineOf, parent) => {
    if (!FUNCTIONS.has(node.type)) return undefined;
    if (!node.span || holdsTests(parent)) return undefined;
    const first = lineOf(node.span.start);
    const lines = lineOf(node.span.end) - first + 1;
    return lines > FUNCTION_LINES_MAX ? `line ${first}: ${lines} lines` : undefined;
  });
}

function bannedSyntax({ text }: Source): string[] {
  return inspect(text, (node, lineOf) => {
    const found = bannedKind(node);
    return found && `line ${lineOf(node.span?.start ?? 0)}: ${found}`;
  });
}

function bannedKind(node: SyntaxNode): string | undefined {
  if (node.type === 'ExportDefaultExpression' || node.type === 'ExportDefaultDeclaration') return node.type;
  if (node.type === 'TsKeywordType' && node.kind === 'any') return 'any';
  if (node.type === 'TsEnumDeclaration' && node.isConst === true) return 'const enum';
  return undefined;
}

/** True for a call of describe, describe.each and the like: what it is handed is a container of tests, not a function. */
function holdsTests(call: SyntaxNode | undefined): boolean {
  if (call?.type !== 'CallExpression') return false;
  let callee = call.callee as SyntaxNode | undefined;
  while (callee && callee.type !== 'Identifier')
    callee = (callee.callee ?? callee.object ?? callee.tag) as typeof callee;
  return callee?.value === 'describe';
}

type Judge = (
  node: SyntaxNode,
  lineOf: (offset: number) => number,
  parent: SyntaxNode | undefined,
) => string | undefined;

/**
 * Parses a file and judges every node of its tree. Offsets of swc count bytes and go on from one parse to the next, so a
 * semicolon is put before the text: its offset is where this file begins. The interpreter's line may only come first, so
 * it is made a comment.
 */
function inspect(text: string, judge: Judge): string[] {
  const bytes = Buffer.from(`;${text.replace(/^#!/, '//')}`);
  const tree = parseSync(bytes.toString(), PARSE) as unknown as SyntaxNode;
  const start = tree.span?.start ?? 0;
  const lineOf = (offset: number): number =>
    bytes.subarray(0, offset - start).filter((byte) => byte === 10).length + 1;
  const found: string[] = [];
  visit(tree, undefined, (node, parent) => {
    const verdict = judge(node, lineOf, parent);
    if (verdict) found.push(verdict);
  });
  return found;
}

function visit(
  value: unknown,
  parent: SyntaxNode | undefined,
  see: (node: SyntaxNode, parent?: SyntaxNode) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, parent, see);
  } else if (typeof value === 'object' && value !== null) {
    const isNode = typeof (value as SyntaxNode).type === 'string';
    if (isNode) see(value as SyntaxNode, parent);
    for (const child of Object.values(value)) visit(child, isNode ? (value as SyntaxNode) : parent, see);
  }
}
