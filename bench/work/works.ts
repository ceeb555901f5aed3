import type { WorkName } from '../row.ts';
import { edgeWork } from './edge-work.ts';
import { hostWork } from './host-work.ts';
import { inventoryWork } from './inventory-work.ts';
import { renderWork } from './render-work.ts';
import { simulatedWork } from './simulated-work.ts';
import { startUpWork } from './start-up-work.ts';
import type { Work } from './work.ts';

export const works: Readonly<Record<WorkName, Work>> = {
  w1: hostWork('w1'),
  w2: hostWork('w2'),
  startup: startUpWork,
  inventory: inventoryWork,
  render: renderWork,
  edge: edgeWork,
  simulated: simulatedWork,
};
