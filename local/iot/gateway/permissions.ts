import { allowAll } from './authoriser.ts';
import type { Authoriser, ClientIdentity } from './authoriser.ts';

/** What one connection may do with topics. It is asked for every message, on the way in and out. */
export interface Permissions {
  mayPublish(topic: string, retain: boolean): boolean;
  mayReceive(topic: string): boolean;
}

/** For connections that no policy applies to, and sessions of which nobody has come back yet. */
export const everything: Permissions = { mayPublish: () => true, mayReceive: () => true };

/** A device uses a handful of topics; what it makes up beyond that is asked each time anew. */
const rememberedTopics = 128;

/** The permissions of a client whose CONNECT was allowed. */
export function permissionsOf(authoriser: Authoriser, client: ClientIdentity): Permissions {
  return authoriser === allowAll ? everything : new RememberedPermissions(authoriser, client);
}

/** Asks the authoriser once a topic, and again after its answers may have changed. */
class RememberedPermissions implements Permissions {
  readonly #authoriser: Authoriser;
  readonly #client: ClientIdentity;
  #generation: number;
  readonly #publish = new Map<string, boolean>();
  readonly #publishRetained = new Map<string, boolean>();
  readonly #receive = new Map<string, boolean>();

  constructor(authoriser: Authoriser, client: ClientIdentity) {
    this.#authoriser = authoriser;
    this.#client = client;
    this.#generation = authoriser.generation;
  }

  mayPublish(topic: string, retain: boolean): boolean {
    const remembered = retain ? this.#publishRetained : this.#publish;
    return (
      this.#recall(remembered, topic) ??
      remember(remembered, topic, this.#authoriser.publish(this.#client, topic, retain))
    );
  }

  mayReceive(topic: string): boolean {
    return (
      this.#recall(this.#receive, topic) ??
      remember(this.#receive, topic, this.#authoriser.receive(this.#client, topic))
    );
  }

  #recall(remembered: Map<string, boolean>, topic: string): boolean | undefined {
    if (this.#generation !== this.#authoriser.generation) {
      this.#generation = this.#authoriser.generation;
      this.#publish.clear();
      this.#publishRetained.clear();
      this.#receive.clear();
    }
    return remembered.get(topic);
  }
}

function remember(remembered: Map<string, boolean>, topic: string, answer: boolean): boolean {
  if (remembered.size < rememberedTopics) remembered.set(topic, answer);
  return answer;
}
