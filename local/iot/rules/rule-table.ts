import { TopicTrie } from '../topics/topic-trie.ts';
import type { TopicRule } from './topic-rule.ts';

/** A rule as the engine runs it. */
export interface ArmedRule {
  readonly rule: TopicRule;
  readonly ruleArn: string;
  /** What its actions are called in error messages. */
  readonly actionNames: readonly string[];
}

/** The rules that run, by the topics of their messages and by name. Rules that are disabled are not in it. */
export class RuleTable {
  readonly #arnOf: (ruleName: string) => string;
  readonly #byTopic = new TopicTrie<ArmedRule>();
  readonly #byName = new Map<string, ArmedRule>();

  constructor(arnOf: (ruleName: string) => string) {
    this.#arnOf = arnOf;
  }

  /** Runs a rule from now on, in place of the one of its name. */
  put(rule: TopicRule): void {
    this.remove(rule.ruleName);
    if (rule.isDisabled) return;
    const actionNames = rule.actions.map(({ failedAction }) => failedAction);
    const armed = { rule, ruleArn: this.#arnOf(rule.ruleName), actionNames };
    this.#byName.set(rule.ruleName, armed);
    if (rule.sql.topicFilter !== undefined) this.#byTopic.add(rule.sql.topicFilter, armed);
  }

  /** Runs it no more; what it has begun goes on. */
  remove(ruleName: string): void {
    const armed = this.#byName.get(ruleName);
    if (armed === undefined) return;
    this.#byName.delete(ruleName);
    if (armed.rule.sql.topicFilter !== undefined) this.#byTopic.remove(armed.rule.sql.topicFilter, armed);
  }

  named(ruleName: string): ArmedRule | undefined {
    return this.#byName.get(ruleName);
  }

  matching(topic: string): readonly ArmedRule[] {
    return this.#byTopic.match(topic);
  }
}
