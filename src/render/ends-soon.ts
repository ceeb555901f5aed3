import type { AnyNode } from 'acorn';
import { childrenOf } from './free-names.ts';

/** Functions and methods that do an amount of work which their data bounds. */
const brief: ReadonlySet<string> = new Set([
  ...['has', 'get', 'env', 'namedSecret', 'netmask', 'networkOf', 'base64', 'sha256'],
  ...['String', 'Number', 'Boolean', 'parseInt', 'parseFloat', 'encodeURIComponent', 'decodeURIComponent'],
  ...[
    'keys',
    'values',
    'entries',
    'map',
    'filter',
    'some',
    'every',
    'find',
    'join',
    'slice',
    'at',
    'indexOf',
    'toSorted',
  ],
  ...['includes', 'startsWith', 'endsWith', 'toLowerCase', 'toUpperCase', 'trim', 'split', 'toString'],
  ...['min', 'max', 'floor', 'ceil', 'round', 'abs'],
]);

const plain: ReadonlySet<AnyNode['type']> = new Set<AnyNode['type']>([
  ...([
    'Program',
    'ExpressionStatement',
    'EmptyStatement',
    'BlockStatement',
    'IfStatement',
    'ReturnStatement',
  ] as const),
  ...(['VariableDeclaration', 'VariableDeclarator', 'ObjectPattern', 'ArrayPattern', 'AssignmentPattern'] as const),
  ...(['TemplateLiteral', 'TemplateElement', 'ChainExpression'] as const),
  ...(['ArrayExpression', 'ObjectExpression', 'UnaryExpression', 'BinaryExpression'] as const),
  ...(['LogicalExpression', 'ConditionalExpression'] as const),
]);

/** Loops within loops take the product of their lists. */
const deepest = 2;

/**
 * Whether code surely comes to an end soon, so that it can run without a watchman: that one is a thread, and starting
 * it takes ten times as long as a usual expression. In doubt it does not.
 */
export function endsSoon(node: AnyNode, depth = 0): boolean {
  const all = (nodes: readonly AnyNode[], inside = depth): boolean => nodes.every((child) => endsSoon(child, inside));
  switch (node.type) {
    case 'Literal':
      // a pattern can take for ever to fail, a power of whole numbers of any size to be computed
      return !('regex' in node && node.regex) && typeof node.value !== 'bigint';
    case 'Identifier':
      // declared anew it would be something else
      return !brief.has(node.name);
    case 'MemberExpression':
      return all(node.computed ? [node.object, node.property] : [node.object]);
    case 'Property':
      return all(node.computed ? [node.key, node.value] : [node.value]);
    case 'ForOfStatement':
    case 'ForInStatement':
      return depth < deepest && all(childrenOf(node), depth + 1);
    case 'CallExpression':
      return isBrief(node.callee, depth) && node.arguments.every((argument) => endsSoonAsArgument(argument, depth));
    default:
      return plain.has(node.type) && all(childrenOf(node));
  }
}

function isBrief(callee: AnyNode, depth: number): boolean {
  if (callee.type === 'Identifier') return brief.has(callee.name);
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return false;
  return brief.has(callee.property.name) && endsSoon(callee.object, depth);
}

/** Only here a function may stand: kept under a name it could call itself. */
function endsSoonAsArgument(node: AnyNode, depth: number): boolean {
  if (node.type !== 'ArrowFunctionExpression') return endsSoon(node, depth);
  return depth < deepest && childrenOf(node).every((child) => endsSoon(child, depth + 1));
}
