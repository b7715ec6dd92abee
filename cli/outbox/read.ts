import type { OutboxLine } from '../../local/outbox/index.ts';
import { visible } from '../terminal.ts';
import { asText, describeRecord, readRecord } from './describe.ts';

/** The heads of what people read, by kind: what each is called, and the field that has it. */
const HEADS: Partial<Record<OutboxLine['kind'], readonly (readonly [string, string])[]>> = {
  email: [
    ['From', 'from'],
    ['To', 'address'],
    ['Subject', 'subject'],
  ],
  sms: [
    ['From', 'senderId'],
    ['To', 'phoneNumber'],
  ],
};

/**
 * A mail or a text message as its reader would see it, on several lines; every other record on one. Nothing in it can
 * steer the terminal.
 */
export function readMessage(line: OutboxLine): string {
  const heads = HEADS[line.kind];
  if (heads === undefined) return describeRecord(line);
  const record = readRecord(line.text);
  const shown = heads
    .map(([name, field]) => [name, asText(record[field])] as const)
    .filter(([, value]) => value !== '');
  const body = asText(record['body'] ?? record['message']);
  return [
    `Date: ${visible(line.time)}`,
    ...shown.map(([name, value]) => `${name}: ${visible(value)}`),
    '',
    ...body.split('\n').map(visible),
    '',
  ].join('\n');
}
