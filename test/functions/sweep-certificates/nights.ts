import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { makeCertificate, NOW_MS, type CertificateOptions } from '../../shared/x509/pki.ts';
import { startTestDynamoDb, type TestDynamoDb } from '../../support/dynamodb.ts';
import { ca } from '../activate-certificate/deployment.ts';
import { DAY_MS, openFleet, type Fleet } from './fleet.ts';
import { startListsServer, type ListsServer, type TestList } from './lists-server.ts';

/** What `sweepNow` answers when it has come to its end. */
export const FINISHED = [expect.objectContaining({ kind: 'sweep', outcome: 'finished' })];

/** What a test has before it. */
export interface Nights {
  readonly dynamodb: TestDynamoDb;
  readonly server: ListsServer;
  /** A fleet of the test's own. */
  readonly fleet: Fleet;
  /** The revocation list of its CA. */
  readonly list: TestList;
}

/** Opens a fleet for each test of a file, with one CA and its list. To be called once, at the top of the file. */
export function useNights() {
  let dynamodb: TestDynamoDb;
  let server: ListsServer;
  let fleet: Fleet;
  let list: TestList;
  beforeAll(async () => {
    dynamodb = await startTestDynamoDb();
    server = await startListsServer(() => fleet.clock.now());
  });
  beforeEach(async () => {
    fleet = await openFleet(dynamodb);
    list = server.add('/ca.crl', ca);
  });
  afterEach(() => fleet.close());
  afterAll(async () => {
    await server.stop();
    await dynamodb.stop();
  });

  const issue = (name: string, more: CertificateOptions = {}) =>
    makeCertificate({ commonNames: [name], issuer: ca, crlAddresses: [`${server.url}/ca.crl`], ...more });

  return {
    get dynamodb() {
      return dynamodb;
    },
    get server() {
      return server;
    },
    get fleet() {
      return fleet;
    },
    get list() {
      return list;
    },

    issue,

    /** A device that is activated, and is not due for anything. */
    async addLamp(name: string, more: CertificateOptions = {}) {
      const lamp = issue(name, { notAfterMs: NOW_MS + 400 * DAY_MS, ...more });
      await fleet.addDevice(name, lamp, ca, fleet.world.caCertificateId);
      const { certificateId, serialNumber } = lamp.certificate;
      return { lamp, certificateId, serialNumber };
    },

    /** Sweeps again a day later, and expects that nothing is new. */
    async expectQuietDay(): Promise<void> {
      const told = fleet.reports.length;
      fleet.clock.advance(DAY_MS);
      expect(await fleet.sweepNow()).toEqual(FINISHED);
      expect(fleet.reports.slice(told)).toEqual([]);
    },
  };
}
