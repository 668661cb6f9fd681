/** A NIfTI picture, volume or series, in millimetres. */
export interface NiftiVolume {
  /** Lengths along x (fastest), y, z and time; 1 where the file has fewer dimensions. */
  readonly shape: readonly [x: number, y: number, z: number, t: number];
  /** Millimetres a voxel along x, y, z; seconds along time (0 where the file does not say). */
  readonly spacing: readonly [x: number, y: number, z: number, t: number];
  /** `[t, z, y, x]`, scaled by the header's slope and intercept. */
  readonly data: Float32Array;
}
