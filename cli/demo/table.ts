import type { DemoEntry } from './demo.ts';

/** Every demo, in the order in which they are listed. */
export const DEMOS: readonly DemoEntry[] = [
  {
    name: 'onboarding',
    summary: 'a CA is registered, its device registers itself, and both are taken out of use',
    load: () => import('./onboarding/demo.ts'),
  },
  {
    name: 'greenhouse',
    summary: 'one bright day in two greenhouses: alarms move the shade of one, watch-lux that of the other',
    whyNotKept: 'it is played in two clouds, one for each design, and not in the one that runs',
    load: () => import('./greenhouse/demo.ts'),
  },
];
