import type { DatabaseSync } from 'node:sqlite'
import { ConfigurationError } from '@sallyport/core'

/** `SALY`: tells our files from those of other programs (https://sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x53414c59

/**
 * Each entry takes a file from one version to the next, and is never changed once it was published. Instants are milliseconds, booleans 0 and 1.
 * A row whose instant of expiry has come is dead for every statement; the indexes on it serve the sweep only.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    email_verified INTEGER NOT NULL CHECK (email_verified IN (0, 1)),
    name TEXT,
    roles TEXT NOT NULL, -- JSON
    status TEXT NOT NULL CHECK (status IN ('active', 'disabled', 'deleting')),
    attributes TEXT NOT NULL, -- JSON
    version INTEGER NOT NULL,
    credentials_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    attempt_id TEXT -- of the change that made this version: recognises the repetition of a write whose answer was lost
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE identities (
    key TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    password_hash TEXT,
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX identities_by_user ON identities (user_id);

  -- No reference to users: sessions may live in this store and users in another.
  CREATE TABLE sessions (
    user_id TEXT NOT NULL,
    id TEXT NOT NULL,
    secret_hash TEXT,
    counter INTEGER NOT NULL,
    rotated_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    authenticated_at INTEGER NOT NULL,
    idle_expires_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    credentials_version INTEGER NOT NULL,
    claims_version INTEGER NOT NULL, -- the one inside claims
    claims TEXT NOT NULL, -- JSON
    user_agent TEXT,
    network TEXT,
    PRIMARY KEY (user_id, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_by_end ON sessions (min(idle_expires_at, expires_at));

  CREATE TABLE session_floors (
    user_id TEXT PRIMARY KEY,
    floor INTEGER NOT NULL,
    claims_version INTEGER NOT NULL, -- the newest that rewriteClaims has seen
    closed_until INTEGER -- when a closed floor is forgotten; NULL while the user is there
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX session_floors_by_end ON session_floors (closed_until) WHERE closed_until IS NOT NULL;

  CREATE TABLE one_time_tokens (
    user_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    hash TEXT NOT NULL,
    payload TEXT,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    attempt_id TEXT, -- of who consumed it; NULL while it can be consumed
    PRIMARY KEY (user_id, purpose)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX one_time_tokens_by_end ON one_time_tokens (expires_at);

  -- A row per window, so that processes a tick apart never reset one another's count.
  CREATE TABLE counters (
    key TEXT NOT NULL,
    window_ms INTEGER NOT NULL,
    resets_at INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (key, window_ms, resets_at)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX counters_by_end ON counters (resets_at);

  CREATE TABLE signing_keys (
    generation INTEGER PRIMARY KEY,
    kid TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    public_jwk TEXT NOT NULL, -- JSON
    wrapped_private_key TEXT,
    created_at INTEGER NOT NULL,
    active_from INTEGER NOT NULL,
    retired_at INTEGER
  ) STRICT;
  `,
]

/**
 * Brings the file to the newest version, all steps in one transaction. Of several processes that start at once one migrates and the others find it
 * done: the version is read again under the write lock.
 *
 * @throws ConfigurationError (`configuration`) for a file of a newer version of this package, and for a database of another program.
 */
export function migrate(connection: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  if (versionOf(connection, migrations.length) === migrations.length) return
  connection.exec('BEGIN IMMEDIATE')
  try {
    const version = versionOf(connection, migrations.length)
    for (const step of migrations.slice(version)) connection.exec(step)
    connection.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}; COMMIT`)
  } catch (error) {
    if (connection.isTransaction) connection.exec('ROLLBACK')
    throw error
  }
}

function versionOf(connection: DatabaseSync, newest: number): number {
  // One statement, hence one snapshot: another process may be migrating right now.
  const { version, application, tables } = connection
    .prepare(
      `SELECT user_version AS version, application_id AS application, (SELECT count(*) FROM sqlite_schema) AS tables
      FROM pragma_user_version, pragma_application_id`,
    )
    .get() as { readonly version: number; readonly application: number; readonly tables: number }
  if (application !== APPLICATION_ID && (tables > 0 || version > 0)) {
    throw new ConfigurationError('The SQLite file belongs to another program: it has tables, and not those of Sallyport.')
  }
  if (version > newest) {
    throw new ConfigurationError(
      `The SQLite file has schema version ${version}, this program knows up to ${newest}: start the newer program, or restore a backup.`,
    )
  }
  return version
}
