import { z } from 'zod';
import { ConfigurationError } from '../../errors.ts';
import type { RegistryContext } from './context.ts';
import { alreadyExists, iotError, invalidRequest } from './errors.ts';
import { type Page, type PageRequest, readPage } from './paging.ts';
import { orNull, type Row, textOrUndefined } from './row.ts';
import type { TableSet } from './database.ts';
import { matches } from '../topics/topic-filter.ts';
import type { Tag, Tags } from './tags.ts';

/** A rule as the API defines it: the payload of CreateTopicRule. */
export interface RuleDefinition {
  readonly ruleName: string;
  readonly payload: RulePayload;
}

const templateBoolean = z.union([
  z.boolean(),
  z.enum(['true', 'false']).transform((text) => text === 'true'),
]);

/** What the registry reads of a payload; all else is the engine's. */
export const rulePayloadSchema = z.looseObject({ ruleDisabled: templateBoolean.optional() });
export type RulePayload = z.infer<typeof rulePayloadSchema>;

/** The engine, as far as the registry of rules asks it. */
export interface RulesControl {
  /**
   * Reads a rule without running it, and gives the topic filter of its FROM.
   *
   * @throws ConfigurationError RULE_SQL_INVALID for its SQL, other codes for all else; AwsApiError as it is.
   */
  check(rule: RuleDefinition): { readonly topicFilter: string | undefined };
  /** Runs a rule from now on, in place of the one of that name. It was checked. */
  put(rule: RuleDefinition): void;
  /** Runs it no more. */
  remove(ruleName: string): void;
}

export interface StoredRule extends RuleDefinition {
  readonly topicFilter: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export const topicRuleTables: TableSet = {
  name: 'topic-rules',
  version: 1,
  schema: `
    CREATE TABLE topic_rules (
      name TEXT PRIMARY KEY,
      payload TEXT NOT NULL,
      topic_filter TEXT,
      is_of_template INTEGER NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};

/** The rules, which the engine runs. */
export interface TopicRules {
  /** @throws AwsApiError `ResourceAlreadyExistsException`, `SqlParseException`, `InvalidRequestException` */
  create(rule: RuleDefinition, tags: readonly Tag[]): void;
  /** @throws AwsApiError `UnauthorizedException` for one that is not there, as AWS does. */
  require(ruleName: string): StoredRule;
  find(ruleName: string): StoredRule | undefined;
  replace(rule: RuleDefinition): void;
  setDisabled(ruleName: string, isDisabled: boolean): void;
  remove(ruleName: string): void;
  list(
    filter: PageRequest & {
      readonly topic?: string | undefined;
      readonly ruleDisabled?: boolean | undefined;
    },
  ): Page<StoredRule>;
  /**
   * Brings the rules of the template: they replace those of the same name, and those that an earlier template had
   * and this one has not are removed. Rules that the API made stay. Every rule is given to the engine.
   */
  takeTemplate(rules: readonly RuleDefinition[]): void;
}

export function createTopicRules(context: RegistryContext, control: RulesControl, tags: Tags): TopicRules {
  const { database, clock, arns, limits } = context;

  const find: TopicRules['find'] = (ruleName) => {
    const row = database.statement('SELECT * FROM topic_rules WHERE name = ?').get(ruleName);
    return row === undefined ? undefined : toStoredRule(row);
  };
  const require: TopicRules['require'] = (ruleName) => {
    const rule = find(ruleName);
    if (rule !== undefined) return rule;
    throw iotError('UnauthorizedException', `Access to topic rule '${ruleName}' was denied: there is none`);
  };

  /** Writes a checked rule. */
  function store(
    { ruleName, payload }: RuleDefinition,
    topicFilter: string | undefined,
    isOfTemplate: boolean,
  ): void {
    database
      .statement(
        `INSERT INTO topic_rules (name, payload, topic_filter, is_of_template, created_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET payload = excluded.payload, topic_filter = excluded.topic_filter,
           is_of_template = excluded.is_of_template`,
      )
      .run(ruleName, JSON.stringify(payload), orNull(topicFilter), isOfTemplate ? 1 : 0, clock.now());
  }

  const replace: TopicRules['replace'] = (rule) => {
    require(rule.ruleName);
    const { topicFilter } = check(control, rule);
    store(rule, topicFilter, false);
    control.put(rule);
  };

  return {
    find,
    require,
    replace,
    create(rule, given) {
      const { ruleName } = rule;
      const resourceArn = arns.of('rule', ruleName);
      if (find(ruleName) !== undefined) {
        throw alreadyExists('Topic rule', ruleName, { resourceId: ruleName, resourceArn });
      }
      const count = Number(database.statement('SELECT count(*) AS n FROM topic_rules').get()?.['n']);
      if (count >= limits.topicRules) {
        throw iotError('LimitExceededException', `There are ${count} topic rules, as many as there may be`);
      }
      const { topicFilter } = check(control, rule);
      database.transaction(() => {
        store(rule, topicFilter, false);
        tags.set(resourceArn, given);
      });
      control.put(rule);
    },
    setDisabled(ruleName, isDisabled) {
      const { payload } = require(ruleName);
      replace({ ruleName, payload: { ...payload, ruleDisabled: isDisabled } });
    },
    remove(ruleName) {
      require(ruleName);
      database.transaction(() => {
        database.statement('DELETE FROM topic_rules WHERE name = ?').run(ruleName);
        tags.remove(arns.of('rule', ruleName));
      });
      control.remove(ruleName);
    },
    list({ topic, ruleDisabled, ...request }) {
      const isListed = ({ topicFilter, payload }: StoredRule): boolean =>
        (topic === undefined || (topicFilter !== undefined && isOnTopic(topicFilter, topic))) &&
        (ruleDisabled === undefined || (payload.ruleDisabled === true) === ruleDisabled);
      return readPage(request, {
        scope: ['ListTopicRules', topic, ruleDisabled],
        defaultResults: 1000,
        // There are few rules: all of them are looked at.
        read: (after, limit) =>
          database
            .statement('SELECT * FROM topic_rules WHERE name > ? ORDER BY name')
            .all(after)
            .map(toStoredRule)
            .filter(isListed)
            .slice(0, limit),
        keyOf: ({ ruleName }) => ruleName,
      });
    },
    takeTemplate(rules) {
      const checked = rules.map((rule) => ({ rule, topicFilter: check(control, rule).topicFilter }));
      database.transaction(() => {
        const names = JSON.stringify(rules.map(({ ruleName }) => ruleName));
        database
          .statement(
            'DELETE FROM topic_rules WHERE is_of_template = 1 AND name NOT IN (SELECT value FROM json_each(?))',
          )
          .run(names);
        for (const { rule, topicFilter } of checked) store(rule, topicFilter, true);
      });
      const rows = database.statement('SELECT * FROM topic_rules ORDER BY name').all();
      for (const { ruleName, payload } of rows.map(toStoredRule)) control.put({ ruleName, payload });
    },
  };
}

function isOnTopic(topicFilter: string, topic: string): boolean {
  return topicFilter === topic || matches(topicFilter, topic);
}

/** What is wrong with a rule, in AWS's words for it. */
function check(control: RulesControl, rule: RuleDefinition): { readonly topicFilter: string | undefined } {
  try {
    return control.check(rule);
  } catch (thrown) {
    if (!(thrown instanceof ConfigurationError)) throw thrown;
    if (thrown.code === 'RULE_SQL_INVALID') throw iotError('SqlParseException', thrown.message);
    throw invalidRequest(thrown.message);
  }
}

function toStoredRule(row: Row): StoredRule {
  return {
    ruleName: String(row['name']),
    payload: rulePayloadSchema.parse(JSON.parse(String(row['payload']))),
    topicFilter: textOrUndefined(row['topic_filter']),
    createdAt: Number(row['created_at']),
  };
}
