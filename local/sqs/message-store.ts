import type { SQLOutputValue } from 'node:sqlite';
import * as z from 'zod';
import type { MessageAttributes } from './message-attributes.ts';
import { readTexts, type Database } from './store.ts';

export interface NewMessage {
  readonly messageId: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  /** `SenderId`, `AWSTraceHeader`, `MessageGroupId`, `DeadLetterQueueSourceArn`, as far as there are any. */
  readonly systemAttributes: Readonly<Record<string, string>>;
}

export interface ReceivedMessage extends NewMessage {
  readonly queueId: number;
  readonly seq: number;
  /** What this receiver, and only the last one, proves itself with. */
  readonly receipt: string;
  readonly sentAt: number;
  readonly receiveCount: number;
  readonly firstReceivedAt: number;
}

export interface ReceiveOptions {
  readonly max: number;
  readonly visibilityMs: number;
  /** Where messages go that have been received `maxReceiveCount` times already, instead of to the receiver. */
  readonly deadLetter?: DeadLetter | undefined;
}

export interface DeadLetter {
  readonly queueId: number;
  readonly maxReceiveCount: number;
  readonly sourceArn: string;
}

type Row = Record<string, SQLOutputValue>;

/** Points at one receive of one message. */
export interface Receipt {
  readonly queueId: number;
  readonly seq: number;
  readonly receipt: string;
}

export interface MessageCounts {
  readonly visible: number;
  readonly delayed: number;
  readonly inFlight: number;
}

const attributesSchema = z.record(
  z.string(),
  z.object({ DataType: z.string(), StringValue: z.string().optional(), BinaryValue: z.string().optional() }),
);

/** The messages in the queues. Every method takes the time as `now`, milliseconds since the epoch. */
export function createMessageStore(database: Database, newReceipt: () => string) {
  const { sql } = database;
  const insert = sql.prepare(
    `INSERT INTO messages (queue_id, message_id, body, attributes, system_attributes, sent_at, visible_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const visible = sql.prepare(
    'SELECT * FROM messages WHERE queue_id = ? AND visible_at <= ? ORDER BY visible_at, seq LIMIT ?',
  );
  // A dead-letter queue counts its own receives: otherwise one with a redrive policy would pass everything on.
  const move = sql.prepare(
    `UPDATE messages SET queue_id = ?, visible_at = ?, receipt = NULL, receive_count = 0,
       first_received_at = NULL, received_at = NULL, system_attributes = ? WHERE seq = ?`,
  );
  const take = sql.prepare(
    `UPDATE messages SET visible_at = ?, receipt = ?, received_at = ?, receive_count = receive_count + 1,
       first_received_at = coalesce(first_received_at, ?) WHERE seq = ?`,
  );
  const remove = sql.prepare('DELETE FROM messages WHERE seq = ? AND queue_id = ? AND receipt = ?');
  const find = sql.prepare(
    'SELECT visible_at, received_at FROM messages WHERE seq = ? AND queue_id = ? AND receipt = ?',
  );
  const setVisible = sql.prepare('UPDATE messages SET visible_at = ? WHERE seq = ?');
  const expire = sql.prepare('DELETE FROM messages WHERE queue_id = ? AND sent_at <= ?');
  const next = sql.prepare(
    'SELECT min(visible_at) AS at FROM messages WHERE queue_id = ? AND visible_at > ?',
  );
  const count = sql.prepare(
    `SELECT coalesce(sum(visible_at <= ?1), 0) AS visible,
       coalesce(sum(visible_at > ?1 AND receipt IS NULL), 0) AS delayed,
       coalesce(sum(visible_at > ?1 AND receipt IS NOT NULL), 0) AS in_flight
     FROM messages WHERE queue_id = ?2`,
  );

  function bury(row: Row, deadLetter: DeadLetter, now: number): void {
    const system = { ...readTexts(row['system_attributes']), DeadLetterQueueSourceArn: deadLetter.sourceArn };
    move.run(deadLetter.queueId, now, JSON.stringify(system), Number(row['seq']));
  }

  function receiveOne(row: Row, visibilityMs: number, now: number): ReceivedMessage {
    const seq = Number(row['seq']);
    const receipt = newReceipt();
    take.run(now + visibilityMs, receipt, now, now, seq);
    const receiveCount = Number(row['receive_count']) + 1;
    return {
      ...toMessage(row),
      queueId: Number(row['queue_id']),
      seq,
      receipt,
      receiveCount,
      firstReceivedAt: Number(row['first_received_at'] ?? now),
    };
  }

  return {
    send(queueId: number, message: NewMessage, delayMs: number, now: number): void {
      const { messageId, body, attributes, systemAttributes } = message;
      const texts = [JSON.stringify(attributes), JSON.stringify(systemAttributes)] as const;
      insert.run(queueId, messageId, body, ...texts, now, now + delayMs);
    },
    /** Takes up to `max` visible messages, the longest visible first; `buried` tells how many were moved away. */
    receive(
      queueId: number,
      options: ReceiveOptions,
      now: number,
    ): { messages: ReceivedMessage[]; buried: number } {
      const { max, visibilityMs, deadLetter } = options;
      return database.transaction(() => {
        const messages: ReceivedMessage[] = [];
        // With a visibility timeout of 0 a message stays visible: it is still given only once to one receiver.
        const taken = new Set<unknown>();
        let buried = 0;
        while (messages.length < max) {
          const rows = visible.all(queueId, now, max + taken.size).filter((row) => !taken.has(row['seq']));
          if (rows.length === 0) break;
          for (const row of rows.slice(0, max - messages.length)) {
            if (deadLetter !== undefined && Number(row['receive_count']) >= deadLetter.maxReceiveCount) {
              bury(row, deadLetter, now);
              buried += 1;
            } else {
              messages.push(receiveOne(row, visibilityMs, now));
              taken.add(row['seq']);
            }
          }
        }
        return { messages, buried };
      });
    },
    /** Deletes the message unless someone else has received it since; that is no error. */
    remove({ queueId, seq, receipt }: Receipt): void {
      remove.run(seq, queueId, receipt);
    },
    /** When a received message becomes visible again and when it was received; undefined when it is gone. */
    find({ queueId, seq, receipt }: Receipt): { visibleAt: number; receivedAt: number } | undefined {
      const row = find.get(seq, queueId, receipt);
      return row === undefined
        ? undefined
        : { visibleAt: Number(row['visible_at']), receivedAt: Number(row['received_at']) };
    },
    setVisibleAt(seq: number, visibleAt: number): void {
      setVisible.run(visibleAt, seq);
    },
    /** Deletes what was sent at `sentBefore` or earlier. */
    expire(queueId: number, sentBefore: number): void {
      expire.run(queueId, sentBefore);
    },
    /** When the next message of a queue becomes visible that is not so now. */
    nextVisibleAt(queueId: number, now: number): number | undefined {
      const at = next.get(queueId, now)?.['at'];
      return typeof at === 'number' ? at : undefined;
    },
    count(queueId: number, now: number): MessageCounts {
      const row = count.get(now, queueId) ?? {};
      return {
        visible: Number(row['visible']),
        delayed: Number(row['delayed']),
        inFlight: Number(row['in_flight']),
      };
    },
  };
}

export type MessageStore = ReturnType<typeof createMessageStore>;

function toMessage(row: Row): NewMessage & { sentAt: number } {
  return {
    messageId: String(row['message_id']),
    body: String(row['body']),
    attributes: attributesSchema.parse(JSON.parse(String(row['attributes']))),
    systemAttributes: readTexts(row['system_attributes']),
    sentAt: Number(row['sent_at']),
  };
}
