import type { Command } from '../command.ts';
import { counted } from '../terminal.ts';

export const command: Command = {
  usage: ['operations [options]'],
  description: [
    "Lists the operations of AWS IoT's control plane: which of them the cloud serves, and which it answers",
    'with 501 and their name. No cloud needs to run.',
  ],
  options: {
    served: { type: 'boolean', help: 'lists only what is served' },
    'not-served': { type: 'boolean', help: 'lists only what is not' },
    json: { type: 'boolean', help: 'prints {"served": […], "notServed": […]}' },
  },
  examples: [
    ['operations --served', 'what can be called'],
    [`operations --json | jq '.notServed | length'`, 'how much is missing'],
  ],
  async run(args, { out }) {
    if (args.positionals.length > 0) throw args.wrong('operations takes no arguments, only options');
    const onlyServed = args.flag('served');
    const onlyNotServed = args.flag('not-served');
    if (onlyServed && onlyNotServed) throw args.wrong('--served and --not-served leave nothing to list');
    const { loadBindings, SERVED_OPERATIONS } = await import('../../local/iot/api/index.ts');
    const all = [...loadBindings().operations.keys()];
    const served = onlyNotServed ? [] : SERVED_OPERATIONS;
    const notServed = onlyServed ? [] : all.filter((name) => !SERVED_OPERATIONS.includes(name)).sort();
    if (args.flag('json')) {
      const lists = { ...(onlyNotServed ? {} : { served }), ...(onlyServed ? {} : { notServed }) };
      await out.line(JSON.stringify(lists, undefined, 2));
      return undefined;
    }
    const lines = [
      ...served.map((name) => ({ name, isServed: true })),
      ...notServed.map((name) => ({ name, isServed: false })),
    ].sort((a, b) => (a.name < b.name ? -1 : 1));
    const isMixed = !onlyServed && !onlyNotServed;
    for (const { name, isServed } of lines) {
      const mark = isServed ? out.paint('green', 'served    ') : out.paint('dim', 'not served');
      await out.line(isMixed ? `${mark}  ${name}` : name);
    }
    if (isMixed) await out.line(`${SERVED_OPERATIONS.length} of ${counted(all.length, 'operation')} served`);
    return undefined;
  },
};
