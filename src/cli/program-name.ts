import { basename, relative } from 'node:path';

/** How the user started this program, so that hints and examples can be pasted: `feedpulse`, `npx feedpulse` or `node bin/feedpulse.cjs`. */
export function programName(
  argv: readonly string[] = process.argv,
  env: NodeJS.ProcessEnv = process.env,
  cwd: string = process.cwd(),
): string {
  const script = argv[1] ?? 'feedpulse';
  if (basename(script) !== 'feedpulse') return `node ${relative(cwd, script) || script}`;
  return env['npm_command'] === 'exec' ? 'npx feedpulse' : 'feedpulse';
}

/** Replaces `feedpulse` in command lines (in backticks, after a prompt) with the way the program was started. */
export function withProgramName(text: string, name: string = programName()): string {
  return text.replace(/(`|\$ |^Usage: )feedpulse(?= )/gm, (_, before: string) => `${before}${name}`);
}
