import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` in one transaction, for writing from its beginning: all of it happens, or nothing. */
export function inTransaction<Result>(sql: DatabaseSync, work: () => Result): Result {
  sql.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    sql.exec('COMMIT');
    return result;
  } catch (thrown) {
    sql.exec('ROLLBACK');
    throw thrown;
  }
}
