import type { AnyNode, Identifier, Pattern } from 'acorn';

/** A stretch of code, in offsets of the text it came from. */
export interface CodePart {
  readonly start: number;
  readonly end: number;
}

export interface FreeName extends CodePart {
  readonly name: string;
  /** Looked up whenever the code runs: it does not hang on a condition. */
  readonly sure: boolean;
}

export interface Refusal extends CodePart {
  readonly what: string;
  readonly help: string;
}

/** What a piece of JavaScript needs from around it, and what of it is not allowed here. */
export interface CodeFacts {
  readonly free: readonly FreeName[];
  /** First parts of the paths that it asks for with `has` or `get`: these may be missing. */
  readonly asked: ReadonlySet<string>;
  readonly assigned: readonly FreeName[];
  readonly refused: readonly Refusal[];
}

interface Walk {
  readonly free: FreeName[];
  readonly asked: Set<string>;
  readonly assigned: FreeName[];
  readonly refused: Refusal[];
  /** How many conditions stand around the node that is visited. */
  conditions: number;
}

type Bound = ReadonlySet<string>;

export function codeFacts(program: AnyNode): CodeFacts {
  const walk: Walk = { free: [], asked: new Set(), assigned: [], refused: [], conditions: 0 };
  visit(program, new Set(), walk);
  return walk;
}

function visit(node: AnyNode, bound: Bound, walk: Walk): void {
  const reason = refusal(node);
  if (reason !== undefined) {
    walk.refused.push({ start: node.start, end: node.end, ...reason });
    return;
  }
  const declared = declaredBy(node);
  const inner = declared.length === 0 ? bound : new Set([...bound, ...declared]);
  switch (node.type) {
    case 'Identifier':
      if (!bound.has(node.name)) walk.free.push({ ...nameOf(node), sure: walk.conditions === 0 });
      return;
    case 'MemberExpression':
      visit(node.object, bound, walk);
      if (node.computed) visit(node.property, bound, walk);
      return;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
      if (node.computed) visit(node.key, bound, walk);
      if (node.value) visit(node.value, bound, walk);
      return;
    case 'LabeledStatement':
      visit(node.body, bound, walk);
      return;
    case 'BreakStatement':
    case 'ContinueStatement':
      return;
    case 'CallExpression':
      noteAsked(node.callee, node.arguments[0], walk);
      break;
    case 'AssignmentExpression':
    case 'ForInStatement':
    case 'ForOfStatement':
      noteAssigned(node.left, inner, walk);
      break;
    case 'UpdateExpression':
      noteAssigned(node.argument, inner, walk);
      break;
  }
  const conditional = conditionalPartsOf(node);
  for (const child of childrenOf(node)) {
    const step = conditional.includes(child) ? 1 : 0;
    walk.conditions += step;
    visit(child, inner, walk);
    walk.conditions -= step;
  }
}

function conditionalPartsOf(node: AnyNode): readonly unknown[] {
  switch (node.type) {
    case 'ConditionalExpression':
    case 'IfStatement':
      return [node.consequent, node.alternate];
    case 'LogicalExpression':
      return [node.right];
    case 'SwitchCase':
      return node.consequent;
    default:
      return [];
  }
}

/** Every child node; `node` is plain data of acorn's. */
export function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function noteAsked(callee: AnyNode, first: AnyNode | undefined, walk: Walk): void {
  if (callee.type !== 'Identifier' || (callee.name !== 'has' && callee.name !== 'get')) return;
  if (first?.type !== 'Literal' || typeof first.value !== 'string') return;
  walk.asked.add(first.value.split(/[.[]/)[0] ?? '');
}

function noteAssigned(target: AnyNode, bound: Bound, walk: Walk): void {
  if (target.type === 'VariableDeclaration' || target.type === 'MemberExpression') return;
  for (const identifier of namesOf(target as Pattern)) {
    if (!bound.has(identifier.name)) walk.assigned.push(identifier);
  }
}

/** The names that are visible inside a node because of the node itself. */
function declaredBy(node: AnyNode): string[] {
  switch (node.type) {
    case 'Program':
    case 'BlockStatement':
      return node.body.flatMap(declaredNames);
    case 'SwitchStatement':
      return node.cases.flatMap((item) => item.consequent).flatMap(declaredNames);
    case 'ForStatement':
      return node.init ? declaredNames(node.init) : [];
    case 'ForInStatement':
    case 'ForOfStatement':
      return declaredNames(node.left);
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return [...node.params.flatMap(namesOf).map(({ name }) => name), ...(node.id ? [node.id.name] : []), 'arguments'];
    case 'ClassExpression':
      return node.id ? [node.id.name] : [];
    default:
      return [];
  }
}

function declaredNames(node: AnyNode): string[] {
  if (node.type === 'VariableDeclaration') {
    return node.declarations.flatMap(({ id }) => namesOf(id)).map(({ name }) => name);
  }
  const declares = node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration';
  return declares && node.id ? [node.id.name] : [];
}

function namesOf(pattern: Pattern): FreeName[] {
  switch (pattern.type) {
    case 'Identifier':
      return [{ ...nameOf(pattern), sure: true }];
    case 'ObjectPattern':
      return pattern.properties.flatMap((item) => namesOf(item.type === 'Property' ? item.value : item.argument));
    case 'ArrayPattern':
      return pattern.elements.flatMap((item) => (item === null ? [] : namesOf(item)));
    case 'RestElement':
      return namesOf(pattern.argument);
    case 'AssignmentPattern':
      return namesOf(pattern.left);
    default:
      return [];
  }
}

function nameOf({ name, start, end }: Identifier): Omit<FreeName, 'sure'> {
  return { name, start, end };
}

/**
 * What would let code see more than its scope, hide an undefined name, or outlive its evaluation. `catch` matters most:
 * an error of ours must never be an object that an expression can hold.
 */
function refusal(node: AnyNode): { readonly what: string; readonly help: string } | undefined {
  switch (node.type) {
    case 'ThisExpression':
      return { what: '`this`', help: 'name the variable itself' };
    case 'TryStatement':
      return { what: '`try`', help: "ask before with `has('a.b')`, or take a default with `get('a.b', default)`" };
    case 'ImportExpression':
    case 'MetaProperty':
      return { what: '`import` or `new.target`', help: 'use the variables and functions of provision only' };
    case 'WithStatement':
    case 'DebuggerStatement':
      return { what: node.type === 'WithStatement' ? '`with`' : '`debugger`', help: 'leave it out' };
    case 'AwaitExpression':
      return { what: '`await`', help: 'everything that an expression sees is already there' };
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return node.async ? { what: 'an `async` function', help: 'leave `async` out' } : undefined;
    case 'VariableDeclaration':
      return node.kind === 'var' ? { what: '`var`', help: 'write `const` or `let`' } : undefined;
    default:
      return undefined;
  }
}
