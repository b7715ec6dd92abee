import { readFileSync } from 'node:fs';

/** What is read of a report that `vitest --reporter=json` wrote. */
interface Report {
  readonly numTotalTests: number;
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/**
 * What a suite has come to. A test that was not run counts as failed, and so does a file that could not be
 * loaded, a suite without a test and a run that failed for any other reason.
 *
 * @param exitCode what the run ended with.
 */
function sum(file: string, exitCode: number): { passed: number; failed: number } {
  const report = read(file);
  if (report === undefined) return { passed: 0, failed: 1 };
  let unusual = 0;
  for (const { name, status, assertionResults } of report.testResults) {
    if (status === 'failed' && assertionResults.length === 0) {
      console.log(`not loaded: ${name}`);
      unusual += 1;
    }
    for (const { status, fullName } of assertionResults) {
      if (status !== 'passed' && status !== 'failed') console.log(`not run (${status}): ${fullName.trim()}`);
    }
  }
  const { numPassedTests: passed, numTotalTests: total } = report;
  const failed = total - passed + unusual;
  if (failed === 0 && (total === 0 || exitCode !== 0)) {
    console.log(
      total === 0 ? 'a suite without a test' : `a run ended with ${exitCode}, though no test failed`,
    );
    return { passed, failed: 1 };
  }
  return { passed, failed };
}

function read(file: string): Report | undefined {
  try {
    // Written by the run before, with a reporter of a pinned version.
    const report: Report = JSON.parse(readFileSync(file, 'utf8'));
    return report;
  } catch {
    console.log(`no report: ${file}`);
    return undefined;
  }
}

// `node .ci/sum.ts FAILED-STEPS [EXIT-CODE:REPORT]…`: a step that is no suite counts only when it failed.
const [steps = '0', ...suites] = process.argv.slice(2);
const sums = suites.map((suite) => {
  const [, exitCode = '1', file = ''] = /^(\d+):(.*)$/.exec(suite) ?? [];
  return sum(file, Number(exitCode));
});
const passed = sums.reduce((total, suite) => total + suite.passed, 0);
const failed = sums.reduce((total, suite) => total + suite.failed, Number(steps));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
