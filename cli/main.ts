#!/usr/bin/env node
import { EXIT } from './errors.ts';
import { runProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

// `glasshouse … | head` closes our output when it has seen enough: that is an end, not an error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.done);
    throw error;
  });
}

process.exitCode = await runProgram(process.argv.slice(2), processTerminal());
// A command that ended early may have left its input open, which would keep the process.
process.stdin.destroy();
