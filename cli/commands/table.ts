import type { CommandEntry } from '../command.ts';

/** Every command, in the order of the help. A new one is a file in this folder and a line in here. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'start', summary: 'starts the cloud, the page and the demo', load: () => import('./start.ts') },
  {
    name: 'backtest',
    summary: 'scores a CSV file with the very code of the function',
    load: () => import('./backtest.ts'),
  },
  { name: 'publish', summary: 'publishes over MQTT', load: () => import('./publish.ts') },
  { name: 'subscribe', summary: 'prints the messages of topics', load: () => import('./subscribe.ts') },
  { name: 'redrive', summary: 'sends rejected or failed input back', load: () => import('./redrive.ts') },
];
