import type { CommandEntry } from '../command.ts';

/** Every command, in the order of the help. A new one is a file in this folder and a line in here. */
export const COMMANDS: readonly CommandEntry[] = [
  { name: 'start', summary: 'starts the cloud, the page and the demo', load: () => import('./start.ts') },
  { name: 'demo', summary: 'plays a demo, step by step', load: () => import('./demo.ts') },
  {
    name: 'backtest',
    summary: 'scores a CSV file with the very code of the function',
    load: () => import('./backtest.ts'),
  },
  { name: 'publish', summary: 'publishes over MQTT', load: () => import('./publish.ts') },
  { name: 'subscribe', summary: 'prints the messages of topics', load: () => import('./subscribe.ts') },
  { name: 'rule', summary: 'explains and checks rules', load: () => import('./rule.ts') },
  { name: 'lint', summary: 'finds what will not work on AWS', load: () => import('./lint.ts') },
  {
    name: 'logs',
    summary: 'tells what the cloud did with messages, and why',
    load: () => import('./logs.ts'),
  },
  {
    name: 'why',
    summary: 'tells why a client was denied, or where a certificate stands',
    load: () => import('./why.ts'),
  },
  {
    name: 'sigfox',
    summary: 'decodes payloads, keeps kinds of devices, sends, simulates, lists care visits',
    load: () => import('./sigfox.ts'),
  },
  { name: 'ir', summary: 'speaks with infrared repeaters, or plays one', load: () => import('./ir.ts') },
  { name: 'outbox', summary: 'prints what would have left the cloud', load: () => import('./outbox.ts') },
  {
    name: 'operations',
    summary: 'lists what of the AWS IoT API is served',
    load: () => import('./operations.ts'),
  },
  { name: 'onboard', summary: 'registers devices by a CSV file', load: () => import('./onboard.ts') },
  {
    name: 'devices',
    summary: 'lists the activated devices and their history',
    load: () => import('./devices.ts'),
  },
  {
    name: 'certificate',
    summary: 'issues, renews, revokes and deletes certificates',
    load: () => import('./certificate.ts'),
  },
  {
    name: 'reset',
    summary: 'brings the cloud back to what the template says',
    load: () => import('./reset.ts'),
  },
  { name: 'clock', summary: 'says or moves the time of the cloud', load: () => import('./clock.ts') },
  { name: 'redrive', summary: 'sends rejected or failed input back', load: () => import('./redrive.ts') },
];
