import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMessageStore, type MessageStore } from '../../../local/sqs/message-store.ts';
import { createQueueStore, openDatabase } from '../../../local/sqs/store.ts';

/** What a queue must do, in a few lines: a list, sorted by when messages become visible. */
class Model {
  now = 1_000_000;
  readonly messages: { id: string; visibleAt: number; count: number; sentAt: number }[] = [];
  readonly dead: string[] = [];

  receive(max: number, visibilityMs: number, maxReceiveCount: number): string[] {
    const visible = this.messages
      .filter(({ visibleAt }) => visibleAt <= this.now)
      .sort((a, b) => a.visibleAt - b.visibleAt);
    const received: string[] = [];
    for (const message of visible) {
      if (received.length === max) break;
      if (message.count >= maxReceiveCount) {
        this.remove(message.id);
        this.dead.push(message.id);
        continue;
      }
      message.count += 1;
      message.visibleAt = this.now + visibilityMs;
      received.push(message.id);
    }
    return received;
  }

  remove(id: string): void {
    const at = this.messages.findIndex((message) => message.id === id);
    if (at !== -1) this.messages.splice(at, 1);
  }
}

const MAX_RECEIVES = 3;

/** The model and the store side by side, with the last receipt of each message. */
class Pair {
  readonly model = new Model();
  readonly store: MessageStore;
  readonly receipts = new Map<string, { queueId: number; seq: number; receipt: string }>();
  readonly stale: { queueId: number; seq: number; receipt: string }[] = [];
  readonly #database = openDatabase(':memory:');

  constructor() {
    const queues = createQueueStore(this.#database);
    queues.create('live', {}, {}, 0);
    queues.create('dead', {}, {}, 0);
    this.store = createMessageStore(this.#database, randomUUID);
  }

  send(delayMs: number): void {
    const { now } = this.model;
    const id = randomUUID();
    this.store.send(1, { messageId: id, body: id, attributes: {}, systemAttributes: {} }, delayMs, now);
    this.model.messages.push({ id, visibleAt: now + delayMs, count: 0, sentAt: now });
  }

  receive(max: number, visibilityMs: number): void {
    const deadLetter = { queueId: 2, maxReceiveCount: MAX_RECEIVES, sourceArn: 'arn' };
    const { messages } = this.store.receive(1, { max, visibilityMs, deadLetter }, this.model.now);
    const expected = this.model.receive(max, visibilityMs, MAX_RECEIVES);
    // Those that became visible in the same moment have no order among them.
    assert.deepEqual(messages.map(({ messageId }) => messageId).sort(), expected.sort());
    for (const { messageId, queueId, seq, receipt, receiveCount } of messages) {
      const before = this.receipts.get(messageId);
      if (before !== undefined) this.stale.push(before);
      this.receipts.set(messageId, { queueId, seq, receipt });
      assert.equal(receiveCount, this.model.messages.find(({ id }) => id === messageId)?.count);
    }
  }

  remove(choice: number): void {
    const [id, receipt] = [...this.receipts][choice % Math.max(1, this.receipts.size)] ?? [];
    if (id === undefined || receipt === undefined) return;
    this.store.remove(receipt);
    if (!this.model.dead.includes(id)) this.model.remove(id);
  }

  removeStale(choice: number): void {
    const receipt = this.stale[choice % Math.max(1, this.stale.length)];
    if (receipt !== undefined) this.store.remove(receipt);
  }

  changeVisibility(choice: number, visibilityMs: number): void {
    const [id, receipt] = [...this.receipts][choice % Math.max(1, this.receipts.size)] ?? [];
    if (receipt === undefined) return;
    const message = this.model.messages.find((one) => one.id === id);
    assert.equal(this.store.find(receipt)?.visibleAt, message?.visibleAt);
    if (message === undefined) return;
    this.store.setVisibleAt(receipt.seq, this.model.now + visibilityMs);
    message.visibleAt = this.model.now + visibilityMs;
  }

  check(): void {
    const { now, messages, dead } = this.model;
    const hidden = messages.filter(({ visibleAt }) => visibleAt > now);
    const inFlight = hidden.filter(({ count }) => count > 0).length;
    assert.deepEqual(this.store.count(1, now), {
      visible: messages.length - hidden.length,
      delayed: hidden.length - inFlight,
      inFlight,
    });
    const next = hidden.map(({ visibleAt }) => visibleAt).sort((a, b) => a - b)[0];
    assert.equal(this.store.nextVisibleAt(1, now), next);
    assert.equal(this.store.count(2, now).visible, dead.length);
  }

  close(): void {
    this.#database.close();
  }
}

const step = fc.oneof(
  fc.record({ kind: fc.constant('send' as const), ms: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant('receive' as const), max: fc.integer({ min: 1, max: 10 }), ms: fc.nat(3) }),
  fc.record({ kind: fc.constant('remove' as const), choice: fc.nat(20) }),
  fc.record({ kind: fc.constant('removeStale' as const), choice: fc.nat(20) }),
  fc.record({ kind: fc.constant('changeVisibility' as const), choice: fc.nat(20), ms: fc.nat(3) }),
  fc.record({ kind: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 4 }) }),
);

test('Whatever is done to a queue, it does what the model does.', () => {
  const property = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const pair = new Pair();
    for (const one of steps) {
      if (one.kind === 'send') pair.send(one.ms);
      else if (one.kind === 'receive') pair.receive(one.max, one.ms);
      else if (one.kind === 'remove') pair.remove(one.choice);
      else if (one.kind === 'removeStale') pair.removeStale(one.choice);
      else if (one.kind === 'changeVisibility') pair.changeVisibility(one.choice, one.ms);
      else pair.model.now += one.ms;
      pair.check();
    }
    pair.close();
  });
  expect(() => fc.assert(property, { numRuns: 150 })).not.toThrow();
});
