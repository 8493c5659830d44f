import type { Device } from '../../runtime/device.js';
import { type Features } from './features.js';
/**
 * Features in the plane: their two directions of largest variance (principal components), found by orthogonal
 * iteration on the device. Coordinates are scaled to a largest absolute value of 1.
 */
export declare function projectToPlane(device: Device, { values, count, width }: Features, iterations?: number): Promise<[number, number][]>;
