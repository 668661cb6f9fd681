import type { GrayImage } from '../image.js';
import { DECODE_SCAN } from './decode-scan.wasm.js';
import { type FramePlan, framePlan } from './frame-plan.js';
import { ZIGZAG } from './zigzag.js';

/** Larger pictures and files are left to libjpeg-turbo: here their memory would be kept. */
const MOST_PIXELS = 2 ** 22;
const MOST_BYTES = 2 ** 23;
const PAGE = 65536;

/** Places in the memory of decode-scan.as. */
const QUANTISERS = 512;
const COMPONENTS = 2832;
const INPUT = 65536;
/** What a unit may read beyond the end before that is noticed. */
const MARGIN = 4096;

interface ScanModule {
  readonly memory: WebAssembly.Memory;
  buildTable(slot: number, source: number): number;
  decodeScan(
    end: number,
    components: number,
    across: number,
    down: number,
    restart: number,
    samples: number,
    space: number,
  ): number;
}

/** The compiled loops; null where the processor has no vector instructions for WebAssembly. */
function scanModule(): ScanModule | null {
  try {
    const module = new WebAssembly.Module(Buffer.from(DECODE_SCAN, 'base64'));
    const exports = new WebAssembly.Instance(module).exports as unknown as ScanModule;
    // Coefficients beyond the 63rd fall into a cell that nobody reads.
    new Uint8Array(exports.memory.buffer).fill(64, 0, 384).set(ZIGZAG);
    return exports;
  } catch {
    return null;
  }
}

/**
 * Decodes the luma of baseline JPEG frames, bit for bit as libjpeg-turbo does. Colours are skipped over, not decoded, and headers that stay the same
 * from frame to frame are read once.
 *
 * It decodes only what is beyond doubt. For anything else, from progressive JPEG to a single damaged byte that it notices, it returns null, and the
 * caller asks libjpeg-turbo.
 */
export class LumaDecoder {
  readonly #module = scanModule();
  #memory: Uint8Array = new Uint8Array(this.#module?.memory.buffer ?? new ArrayBuffer(0));
  #header: Uint8Array = new Uint8Array();
  #plan: FramePlan | null = null;

  /** False where the machine cannot run it: every frame goes to libjpeg-turbo. */
  get isAvailable(): boolean {
    return this.#module !== null;
  }

  /**
   * @param bytes one JPEG
   * @returns null where libjpeg-turbo has to look
   */
  decode(bytes: Uint8Array): GrayImage | null {
    if (this.#module === null || bytes.length > MOST_BYTES) return null;
    const plan = this.#planFor(bytes, this.#module);
    if (plan === null || plan.width * plan.height > MOST_PIXELS) return null;
    const { width, height, components, restartInterval, scanStart } = plan;
    const { across: blocksAcross, down: blocksDown } = components[0]!;
    const [across, down] = [Math.ceil(width / (8 * blocksAcross)), Math.ceil(height / (8 * blocksDown))];
    const coded = bytes.length - scanStart;
    // Every block takes 2 bits at the least: a size that the data cannot fill is not believed.
    if (across * down > 4 * coded) return null;
    const stride = 8 * across * blocksAcross;
    const samples = INPUT + coded;
    const space = samples + stride * 8 * down * blocksDown;
    this.#reserve(space + coded + MARGIN, this.#module);
    this.#memory.set(bytes.subarray(scanStart), INPUT);
    const isSure = this.#module.decodeScan(samples, components.length, across, down, restartInterval, samples, space);
    if (isSure === 0) return null;
    const plane = this.#memory.subarray(samples, space);
    if (stride === width) return { width, height, data: plane.slice(0, width * height) };
    const data = new Uint8Array(width * height);
    for (let y = 0; y < height; y++) data.set(plane.subarray(y * stride, y * stride + width), y * width);
    return { width, height, data };
  }

  #planFor(bytes: Uint8Array, module: ScanModule): FramePlan | null {
    const known = this.#header.length;
    if (known > 0 && Buffer.compare(this.#header, bytes.subarray(0, known)) === 0) return this.#plan;
    this.#header = new Uint8Array();
    this.#plan = framePlan(bytes);
    if (this.#plan === null || !this.#install(this.#plan, module)) return null;
    this.#header = bytes.slice(0, this.#plan.scanStart);
    return this.#plan;
  }

  /** Writes the tables of a plan into the module's memory. @returns false if one is no Huffman table of 8-bit baseline JPEG */
  #install({ components, quantisers }: FramePlan, module: ScanModule): boolean {
    new Int32Array(module.memory.buffer, QUANTISERS, 64).set(quantisers);
    return components.every(({ across, down, dc, ac }, index) => {
      this.#memory.set([across, down], COMPONENTS + 2 * index);
      return [dc, ac].every((table, kind) => {
        this.#memory.set(table, INPUT);
        return module.buildTable(2 * index + kind, INPUT) !== 0;
      });
    });
  }

  #reserve(bytes: number, { memory }: ScanModule): void {
    if (bytes <= this.#memory.length) return;
    memory.grow(Math.ceil((bytes - this.#memory.length) / PAGE));
    this.#memory = new Uint8Array(memory.buffer);
  }
}
