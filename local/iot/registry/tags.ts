import type { RegistryContext } from './context.ts';
import { iotError } from './errors.ts';

export interface Tag {
  readonly Key: string;
  readonly Value?: string | undefined;
}

/** The tags of every resource, by its ARN. */
export interface Tags {
  /** Sets these; others stay. @throws AwsApiError `LimitExceededException` when there would be too many. */
  set(arn: string, tags: readonly Tag[]): void;
  /** By key. */
  of(arn: string): { readonly Key: string; readonly Value: string }[];
  unset(arn: string, keys: readonly string[]): void;
  /** All of them: the resource is gone. */
  remove(arn: string): void;
}

export function createTags({ database, limits }: Pick<RegistryContext, 'database' | 'limits'>): Tags {
  const of: Tags['of'] = (arn) =>
    database
      .statement('SELECT key, value FROM tags WHERE arn = ? ORDER BY key')
      .all(arn)
      .map(({ key, value }) => ({ Key: String(key), Value: String(value) }));

  return {
    of,
    set(arn, tags) {
      if (tags.length === 0) return;
      database.transaction(() => {
        const insert = database.statement(
          'INSERT INTO tags (arn, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
        );
        for (const { Key, Value = '' } of tags) insert.run(arn, Key, Value);
        const count = of(arn).length;
        if (count > limits.tagsPerResource) {
          throw iotError(
            'LimitExceededException',
            `A resource has at most ${limits.tagsPerResource} tags; ${arn} would have ${count}`,
          );
        }
      });
    },
    unset(arn, keys) {
      const remove = database.statement('DELETE FROM tags WHERE arn = ? AND key = ?');
      database.transaction(() => {
        for (const key of keys) remove.run(arn, key);
      });
    },
    remove(arn) {
      database.statement('DELETE FROM tags WHERE arn = ?').run(arn);
    },
  };
}
