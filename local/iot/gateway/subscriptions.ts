import { readSharedFilter } from '../topics/topic-filter.ts';
import { TopicTrie } from '../topics/topic-trie.ts';
import type { GatewayLimits } from './limits.ts';
import type { Session, Subscription, SubscriptionOptions } from './session.ts';
import { SharedGroup } from './shared-group.ts';
import type { Journal } from './storage/journal.ts';

/** What takes a message: a subscription of a session's own, or a group that deals for several. */
export type Subscriber = Subscription | SharedGroup;

/** The subscriptions of all sessions, by topic; each session's own list is kept in step. */
export class SubscriptionIndex {
  readonly #trie = new TopicTrie<Subscriber>();
  readonly #groups = new Map<string, SharedGroup>();
  readonly #limits: GatewayLimits;
  readonly #journal: Journal;
  #size = 0;

  constructor(limits: GatewayLimits, journal: Journal) {
    this.#limits = limits;
    this.#journal = journal;
  }

  /** Subscriptions of all sessions. */
  get size(): number {
    return this.#size;
  }

  /** QoS 1 messages that wait in groups without anybody online. */
  get queuedInGroups(): number {
    let queued = 0;
    for (const group of this.#groups.values()) queued += group.queued;
    return queued;
  }

  group(sharedFilter: string): SharedGroup | undefined {
    return this.#groups.get(sharedFilter);
  }

  /** Subscribes a session to a filter, in place of its earlier subscription to the same one. */
  add(session: Session, options: SubscriptionOptions): Subscription {
    // The group of a shared filter must not end, with what it keeps, when its last member comes again.
    const group = this.#groupOf(options.filter);
    const earlier = session.subscriptions.get(options.filter);
    const { filter, qos, noLocal, retainAsPublished } = options;
    const subscription: Subscription = {
      kind: 'own',
      session,
      group,
      filter,
      qos,
      noLocal,
      retainAsPublished,
    };
    session.subscriptions.set(filter, subscription);
    if (group === undefined) this.#trie.add(filter, subscription);
    else group.add(subscription);
    this.#size += 1;
    if (earlier !== undefined) this.#drop(earlier);
    if (session.isPersistent) this.#journal.subscribed(session.clientId, subscription);
    return subscription;
  }

  /** Ends a subscription; false when there was none. */
  remove(session: Session, filter: string): boolean {
    const subscription = session.subscriptions.get(filter);
    if (subscription === undefined) return false;
    session.subscriptions.delete(filter);
    this.#drop(subscription);
    if (session.isPersistent) this.#journal.unsubscribed(session.clientId, filter);
    return true;
  }

  removeAll(session: Session): void {
    for (const filter of session.subscriptions.keys()) this.remove(session, filter);
  }

  /** One entry for each matching filter: a session may come more than once. */
  match(topic: string): readonly Subscriber[] {
    return this.#trie.match(topic);
  }

  #drop(subscription: Subscription): void {
    this.#size -= 1;
    const { group, filter } = subscription;
    if (group === undefined) {
      this.#trie.remove(filter, subscription);
      return;
    }
    group.remove(subscription);
    if (group.size > 0) return;
    // What it has kept goes with its last member (AWS).
    this.#groups.delete(group.sharedFilter);
    this.#trie.remove(readSharedFilter(group.sharedFilter)?.filter ?? '', group);
    this.#journal.groupGone(group.sharedFilter);
  }

  #groupOf(filter: string): SharedGroup | undefined {
    const shared = readSharedFilter(filter);
    if (shared === undefined) return undefined;
    const known = this.#groups.get(filter);
    if (known !== undefined) return known;
    const group = new SharedGroup(filter, this.#limits, this.#journal.recordOf('group', filter));
    this.#groups.set(filter, group);
    this.#trie.add(shared.filter, group);
    return group;
  }
}
