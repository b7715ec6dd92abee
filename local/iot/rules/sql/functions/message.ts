import { toInt } from '../conversions.ts';
import type { SqlValue } from '../values.ts';
import type { SqlFunction } from './function.ts';

/** What a message tells about itself and its publisher. */
export const messageFunctions: readonly SqlFunction[] = [
  {
    name: 'topic',
    signature: 'topic([Decimal])',
    minArguments: 0,
    maxArguments: 1,
    evaluate: ({ topic }, operands) => (operands.length === 0 ? topic : topicSegment(topic, operands[0])),
  },
  {
    name: 'clientid',
    signature: 'clientid()',
    minArguments: 0,
    maxArguments: 0,
    /** AWS answers n/a for a message that did not come over MQTT. */
    evaluate: (context) => context.clientId ?? 'n/a',
  },
  {
    name: 'principal',
    signature: 'principal()',
    minArguments: 0,
    maxArguments: 0,
    evaluate: (context) => context.principal,
  },
  {
    name: 'traceid',
    signature: 'traceid()',
    minArguments: 0,
    maxArguments: 0,
    /** Undefined for a message that did not come over MQTT. */
    evaluate: (context) => context.traceId,
  },
];

/** Segments count from 1; there is none outside the topic. A leading slash makes an empty first segment. */
function topicSegment(topic: string, position: SqlValue): SqlValue {
  const segment = toInt(position);
  if (segment === undefined || segment < 1) return undefined;
  let start = 0;
  for (let passed = 1; passed < segment; passed += 1) {
    const slash = topic.indexOf('/', start);
    if (slash === -1) return undefined;
    start = slash + 1;
  }
  const end = topic.indexOf('/', start);
  return end === -1 ? topic.slice(start) : topic.slice(start, end);
}
