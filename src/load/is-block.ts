import type { Block, Item } from './playbook.ts';

export function isBlock(item: Item): item is Block {
  return 'items' in item;
}
