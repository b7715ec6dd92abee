import { toInt } from '../conversions.ts';
import { type SqlValue, toDouble } from '../values.ts';
import type { MessageContext } from '../context.ts';
import type { CallSite, SqlFunction } from './function.ts';

/** What a message tells about itself and its publisher. */
export const messageFunctions: readonly SqlFunction[] = [
  {
    name: 'topic',
    signature: 'topic([Decimal])',
    minArguments: 0,
    maxArguments: 1,
    evaluate: ({ topic }, operands) => (operands.length === 0 ? topic : topicSegment(topic, operands[0])),
  },
  withoutArguments('accountid', (context) => context.accountId),
  /** AWS answers n/a for a message that did not come over MQTT. */
  withoutArguments('clientid', (context) => context.clientId ?? 'n/a'),
  withoutArguments('principal', (context) => context.principal),
  withoutArguments('sourceip', (context) => context.sourceIp),
  withoutArguments('sql_version', (_context, site) => site.version),
  /** Undefined for a message that did not come over MQTT. */
  withoutArguments('traceid', (context) => context.traceId),
];

function withoutArguments(
  name: string,
  read: (context: MessageContext, site: CallSite) => SqlValue,
): SqlFunction {
  return {
    name,
    signature: `${name}()`,
    minArguments: 0,
    maxArguments: 0,
    evaluate: (context, _operands, site) => read(context, site),
  };
}

/** Segments count from 1; there is none outside the topic. A leading slash makes an empty first segment. */
function topicSegment(topic: string, position: SqlValue): SqlValue {
  const number = toInt(position);
  if (number === undefined) return undefined;
  const segment = toDouble(number);
  if (segment < 1) return undefined;
  let start = 0;
  for (let passed = 1; passed < segment; passed += 1) {
    const slash = topic.indexOf('/', start);
    if (slash === -1) return undefined;
    start = slash + 1;
  }
  const end = topic.indexOf('/', start);
  return end === -1 ? topic.slice(start) : topic.slice(start, end);
}
