import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { promisify } from 'node:util';

/**
 * Instruction sets for int8 products that ONNX Runtime has kernels for, by architecture, fastest first. The flags are those of
 * Linux's /proc/cpuinfo.
 */
const instructionSets: Readonly<Record<string, readonly { readonly name: string; readonly flags: readonly string[] }[]>> = {
  x64: [
    { name: 'AMX', flags: ['amx_tile', 'amx_int8'] },
    { name: 'AVX-512 VNNI', flags: ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl', 'avx512_vnni'] },
    { name: 'AVX-VNNI', flags: ['avx2', 'avx_vnni'] },
    { name: 'AVX-512 without VNNI', flags: ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl'] },
    { name: 'AVX2 without VNNI', flags: ['avx2'] },
    { name: 'SSE2', flags: ['sse2'] },
  ],
  arm64: [
    { name: 'I8MM', flags: ['i8mm'] },
    { name: 'dot product', flags: ['asimddp'] },
    { name: 'NEON', flags: ['asimd'] },
  ],
};

/** The architecture and the best instruction set for int8 products, such as `x64 with AVX-512 VNNI`. */
export async function describeCpu(): Promise<string> {
  return describeFlags(arch(), await readFlags().catch(() => [])); // no system has to show its flags
}

export function describeFlags(architecture: string, flags: readonly string[]): string {
  const best = instructionSets[architecture]?.find((set) => set.flags.every((flag) => flags.includes(flag)));
  return best ? `${architecture} with ${best.name}` : architecture;
}

async function readFlags(): Promise<string[]> {
  if (platform() === 'linux') return parseCpuinfo(await readFile('/proc/cpuinfo', 'utf8'));
  if (platform() !== 'darwin') return []; // Windows shows them to native code only
  const { stdout } = await promisify(execFile)('sysctl', ['hw.optional.arm']);
  return ['asimd', ...(/FEAT_DotProd: 1/.test(stdout) ? ['asimddp'] : []), ...(/FEAT_I8MM: 1/.test(stdout) ? ['i8mm'] : [])];
}

/** The flags of the first CPU: `flags` on x86, `Features` on ARM. */
export function parseCpuinfo(cpuinfo: string): string[] {
  return /^(?:flags|Features)\s*:\s*(.*)$/m.exec(cpuinfo)?.[1]?.split(' ') ?? [];
}
