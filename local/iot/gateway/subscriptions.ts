import { TopicTrie } from '../topics/topic-trie.ts';
import type { Session, Subscription } from './session.ts';

/** The subscriptions of all sessions, by topic; each session's own list is kept in step. */
export class SubscriptionIndex {
  readonly #trie = new TopicTrie<Subscription>();

  /** Subscribes a session to a filter, in place of its earlier subscription to the same one. */
  add(session: Session, filter: string, qos: 0 | 1): void {
    this.remove(session, filter);
    const subscription = { session, filter, qos };
    session.subscriptions.set(filter, subscription);
    this.#trie.add(filter, subscription);
  }

  remove(session: Session, filter: string): void {
    const subscription = session.subscriptions.get(filter);
    if (subscription === undefined) return;
    session.subscriptions.delete(filter);
    this.#trie.remove(filter, subscription);
  }

  removeAll(session: Session): void {
    for (const filter of session.subscriptions.keys()) this.remove(session, filter);
  }

  /** One entry for each matching filter: a session may come more than once. */
  match(topic: string): readonly Subscription[] {
    return this.#trie.match(topic);
  }
}
