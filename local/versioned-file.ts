import { DatabaseSync } from 'node:sqlite';
import { errorText } from '../shared/errors.ts';
import { ConfigurationError } from './errors.ts';

export interface VersionedFile {
  /** In a folder that exists; `:memory:` keeps nothing. */
  readonly file: string;
  /** Makes the tables, and sets `user_version` to `version`. */
  readonly schema: string;
  readonly version: number;
  /** `OFF` never waits for the disk: after a power cut the file may be broken. @default 'NORMAL' */
  readonly synchronous?: 'NORMAL' | 'OFF';
  /** Of the error when the file cannot be used. */
  readonly code: string;
  /** The whole message of that error: what cannot be kept, why, and what to do. */
  readonly message: (reason: string) => string;
}

/**
 * Opens a SQLite file, or makes it. What is written survives the end of this process in any way (WAL, synchronous
 * NORMAL); only a power cut can take back the last moments, never break the file.
 *
 * @throws ConfigurationError with the given code when the file cannot be opened or is of another version
 */
export function openVersionedFile({
  file,
  schema,
  version,
  synchronous = 'NORMAL',
  code,
  message,
}: VersionedFile): DatabaseSync {
  let sql: DatabaseSync | undefined;
  try {
    sql = new DatabaseSync(file, { timeout: 5_000 });
    sql.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}; PRAGMA foreign_keys = ON;`);
    const found = Number(sql.prepare('PRAGMA user_version').get()?.['user_version']);
    if (found === 0) sql.exec(`BEGIN; ${schema} COMMIT;`);
    else if (found !== version)
      throw new Error(
        `it is of version ${found} and not ${version}: another version of this program wrote it`,
      );
    return sql;
  } catch (cause) {
    sql?.close();
    throw new ConfigurationError(message(errorText(cause)), { code, data: { file }, cause });
  }
}
