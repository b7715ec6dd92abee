import { z } from 'zod';
import { errorText } from '../../shared/errors.ts';
import { ConfigurationError } from '../errors.ts';
import {
  busArn,
  compileTriggers,
  DEFAULT_BUS,
  ruleArn,
  type EventBus,
  type Rule,
  type RuleDefinition,
} from './rule.ts';
import type { EventBridgeStore } from './store.ts';
import { readTarget, type Target } from './target.ts';

export interface Place {
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
}

const keptBus = z.object({ description: z.string().exactOptional() });

const keptRule = z.object({
  name: z.string(),
  busName: z.string(),
  eventPattern: z.string().exactOptional(),
  scheduleExpression: z.string().exactOptional(),
  isEnabled: z.boolean(),
  description: z.string().exactOptional(),
  roleArn: z.string().exactOptional(),
});

/**
 * Every bus and rule, compiled. What the API made is kept in the store; what the template declares is not, since it is
 * declared again with each start, and what the API changes of it holds until then.
 */
export class RuleBook {
  readonly #store: EventBridgeStore;
  readonly #place: Place;
  readonly #buses = new Map<string, EventBus>();
  readonly #rules = new Map<string, Map<string, Rule>>();

  /** @throws ConfigurationError EVENT_FILE_UNUSABLE when something kept cannot be read any more. */
  constructor(store: EventBridgeStore, place: Place) {
    this.#store = store;
    this.#place = place;
    this.#addDefaultBus();
    try {
      for (const { name, definition } of store.buses()) {
        this.#buses.set(name, {
          name,
          arn: busArn(place, name),
          isDeclared: false,
          ...keptBus.parse(definition),
        });
      }
      for (const { definition, targets } of store.rules()) {
        const read = keptRule.parse(definition);
        this.#addRule(read, z.array(z.unknown()).parse(targets).map(readTarget), false);
      }
    } catch (cause) {
      throw new ConfigurationError(
        `A rule that was made by the API cannot be read any more: ${errorText(cause)}. Start with an empty state ` +
          '(GLASSHOUSE_FRESH=1), or delete the file of the events.',
        { code: 'EVENT_FILE_UNUSABLE', cause },
      );
    }
  }

  findBus(name: string): EventBus | undefined {
    return this.#buses.get(name);
  }

  /** In the order of names. */
  buses(): EventBus[] {
    return [...this.#buses.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Makes a bus, or changes its description. */
  putBus(name: string, description: string | undefined, isDeclared: boolean): EventBus {
    const own = description === undefined ? {} : { description };
    const bus = { name, arn: busArn(this.#place, name), isDeclared, ...own };
    this.#buses.set(name, bus);
    if (isDeclared) this.#store.removeBus(name);
    else this.#store.saveBus(name, own);
    return bus;
  }

  removeBus(name: string): void {
    this.#buses.delete(name);
    this.#rules.delete(name);
    this.#store.removeBus(name);
  }

  findRule(busName: string, name: string): Rule | undefined {
    return this.#rules.get(busName)?.get(name);
  }

  /** The rules of a bus in the order of names. */
  rules(busName: string): Rule[] {
    return [...this.rulesOf(busName)].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The rules of a bus in any order, without copying them. */
  rulesOf(busName: string): Iterable<Rule> {
    return this.#rules.get(busName)?.values() ?? [];
  }

  countRules(busName: string): number {
    return this.#rules.get(busName)?.size ?? 0;
  }

  /** Makes a rule, or takes another one's place. @throws AwsApiError as compileTriggers does */
  putRule(definition: RuleDefinition, targets: readonly Target[], isDeclared: boolean): Rule {
    const rule = this.#addRule(definition, targets, isDeclared);
    const { busName, name } = definition;
    if (isDeclared) {
      this.#store.removeRule(busName, name);
    } else {
      const written = targets.map((target) => target.definition);
      this.#store.saveRule(busName, name, definition, written);
    }
    return rule;
  }

  removeRule({ busName, name, arn }: Rule): void {
    this.#rules.get(busName)?.delete(name);
    this.#store.removeRule(busName, name);
    this.#store.forgetSchedule(arn);
  }

  /** Forgets everything but the default bus, which is empty then. */
  reset(): void {
    this.#store.reset();
    this.#rules.clear();
    this.#buses.clear();
    this.#addDefaultBus();
  }

  #addDefaultBus(): void {
    const arn = busArn(this.#place, DEFAULT_BUS);
    this.#buses.set(DEFAULT_BUS, { name: DEFAULT_BUS, arn, isDeclared: true });
  }

  #addRule(definition: RuleDefinition, targets: readonly Target[], isDeclared: boolean): Rule {
    const { busName, name } = definition;
    const rule: Rule = {
      ...definition,
      ...compileTriggers(definition),
      arn: ruleArn(this.#place, busName, name),
      targets,
      isDeclared,
    };
    // A rule of the API may stand on a bus of the template, which comes later.
    const rules = this.#rules.get(busName) ?? new Map<string, Rule>();
    rules.set(name, rule);
    this.#rules.set(busName, rules);
    return rule;
  }
}
