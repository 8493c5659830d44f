// four elements per invocation
// kernel relu
@group(0) @binding(0) var<storage, read> in0: array<vec4<f32>, 1024>;
@group(0) @binding(1) var<storage, read_write> out1: array<vec4<f32>, 1024>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 64u + lane);
  let v0 = ((in0[t] * vec4<f32>(2.0f)) + vec4<f32>(1.0f));
  let v1 = vec4<f32>(0.0f);
  out1[t] = select(v0, v1, (v0 < v1));
}

// a broadcast operand
// kernel exp
@group(0) @binding(0) var<storage, read> in0: array<f32, 30>;
@group(0) @binding(1) var<storage, read> in1: array<f32, 5>;
@group(0) @binding(2) var<storage, read_write> out2: array<f32, 30>;
fn exponential(a: f32) -> f32 {
  return select(exp(a), a, ((bitcast<i32>(a) & 0x7fffffff) > 0x7f800000));
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 64u + lane);
  if (t >= 30) { return; }
  out2[t] = exponential((in0[t] + in1[(t % 5)]));
}

// bytes in, booleans out
// kernel greater
@group(0) @binding(0) var<storage, read> in0: array<u32, 3>;
@group(0) @binding(1) var<storage, read_write> out1: array<u32, 10>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 64u + lane);
  if (t >= 10) { return; }
  out1[t] = select(0u, 1u, (f32(((in0[t / 4] >> (u32(t % 4) * 8u)) & 255u)) > 99.0f));
}

// random bits
// kernel randomBits
@group(0) @binding(0) var<storage, read> in0: array<u32, 1>;
@group(0) @binding(1) var<storage, read> in1: array<u32, 1>;
@group(0) @binding(2) var<storage, read_write> out2: array<u32, 8>;
fn multiply_high(a: u32, b: u32) -> u32 {
  let a0 = a & 0xffffu; let a1 = a >> 16u;
  let b0 = b & 0xffffu; let b1 = b >> 16u;
  let middle = a1 * b0 + ((a0 * b0) >> 16u);
  let cross = a0 * b1 + (middle & 0xffffu);
  return a1 * b1 + (middle >> 16u) + (cross >> 16u);
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 64u + lane);
  if (t >= 8) { return; }
  let at0 = (t % 4);
  let v1 = u32((t / 4));
  let v2 = ((multiply_high(v1, 3528531795u) ^ 7u) ^ 3405705229u);
  let x3 = in0[0];
  let x4 = in1[0];
  let v5 = ((multiply_high(v2, 3449720151u) ^ (x3 * 3449720151u)) ^ (x4 + 2654435769u));
  let v6 = ((multiply_high(x3, 3449720151u) ^ 0u) ^ (x4 + 0u));
  let v7 = ((multiply_high(v5, 3528531795u) ^ (v6 * 3528531795u)) ^ 1104039191u);
  let v8 = ((multiply_high(v6, 3528531795u) ^ (v1 * 3528531795u)) ^ 2254872210u);
  let v9 = ((multiply_high(v7, 3449720151u) ^ (v8 * 3449720151u)) ^ (x4 + 3668340011u));
  let v10 = ((multiply_high(v8, 3449720151u) ^ (v2 * 3449720151u)) ^ (x4 + 1013904242u));
  let v11 = ((multiply_high(v9, 3528531795u) ^ (v10 * 3528531795u)) ^ 3097340449u);
  let v12 = ((multiply_high(v10, 3528531795u) ^ (v5 * 3528531795u)) ^ 4248173468u);
  let v13 = ((multiply_high(v11, 3449720151u) ^ (v12 * 3449720151u)) ^ (x4 + 387276957u));
  let v14 = ((multiply_high(v12, 3449720151u) ^ (v7 * 3449720151u)) ^ (x4 + 2027808484u));
  let v15 = ((multiply_high(v13, 3528531795u) ^ (v14 * 3528531795u)) ^ 795674411u);
  let v16 = ((multiply_high(v14, 3528531795u) ^ (v9 * 3528531795u)) ^ 1946507430u);
  let v17 = ((multiply_high(v15, 3449720151u) ^ (v16 * 3449720151u)) ^ (x4 + 1401181199u));
  let v18 = ((multiply_high(v16, 3449720151u) ^ (v11 * 3449720151u)) ^ (x4 + 3041712726u));
  let v19 = ((multiply_high(v17, 3528531795u) ^ (v18 * 3528531795u)) ^ 2788975669u);
  let v20 = ((multiply_high(v18, 3528531795u) ^ (v13 * 3528531795u)) ^ 3939808688u);
  let v21 = ((multiply_high(v20, 3449720151u) ^ (v15 * 3449720151u)) ^ (x4 + 4055616968u));
  out2[t] = select(select(select((v21 * 3528531795u), ((multiply_high(v21, 3528531795u) ^ (v17 * 3528531795u)) ^ 1638142650u), (at0 == 2)), (v19 * 3449720151u), (at0 == 1)), ((multiply_high(v19, 3449720151u) ^ (v20 * 3449720151u)) ^ (x4 + 2415085441u)), (at0 == 0));
}

// a contraction in register tiles
// kernel dot
@group(0) @binding(0) var<storage, read> in0: array<f32, 2048>;
@group(0) @binding(1) var<storage, read> in1: array<vec4<f32>, 512>;
@group(0) @binding(2) var<storage, read_write> out2: array<vec4<f32>, 1024>;
@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 16u + lane);
  var r0_0 = vec4<f32>(0.0f);
  var r0_1 = vec4<f32>(0.0f);
  var r0_2 = vec4<f32>(0.0f);
  var r0_3 = vec4<f32>(0.0f);
  let at0 = (t / 16);
  let at1 = (at0 * 128);
  let at3 = (t % 16);
  for (var k0 = 0; k0 < 32; k0++) {
    let at2 = (at1 + k0);
    let x4 = in1[(at3 + (k0 * 16))];
    r0_0 = fma(vec4<f32>(in0[at2]), x4, r0_0);
    r0_1 = fma(vec4<f32>(in0[(at2 + 32)]), x4, r0_1);
    r0_2 = fma(vec4<f32>(in0[(at2 + 64)]), x4, r0_2);
    r0_3 = fma(vec4<f32>(in0[(at2 + 96)]), x4, r0_3);
  }
  let at5 = ((at0 * 64) + at3);
  out2[at5] = r0_0;
  out2[(at5 + 16)] = r0_1;
  out2[(at5 + 32)] = r0_2;
  out2[(at5 + 48)] = r0_3;
}

// a padded convolution
// kernel conv
@group(0) @binding(0) var<storage, read> in0: array<f32, 256>;
@group(0) @binding(1) var<storage, read> in1: array<vec4<f32>, 18>;
@group(0) @binding(2) var<storage, read_write> out2: array<f32, 512>;
@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 8u + lane);
  var r0 = vec4<f32>(0.0f);
  let at0 = ((t / 4) % 8);
  let v1 = (-1 < (at0 + -1));
  let at2 = ((t % 4) * 2);
  let v3 = (-1 < (at2 + -1));
  let v4 = (v1 & v3);
  let v5 = vec4<bool>(v4, v1, v4, v1);
  let at6 = ((at2 + (at0 * 8)) + ((t / 64) * 128));
  let x7 = in0[select(0, (at6 + -9), v4)];
  let x8 = in0[select(0, (at6 + -8), v1)];
  let v9 = vec4<f32>(0.0f);
  let at10 = (((t / 32) % 2) * 9);
  let x11 = in1[at10];
  let v12 = x11.x;
  let x13 = in1[(at10 + 4)];
  let v14 = x13.z;
  let v15 = vec4<bool>(v1);
  let x16 = in0[select(0, (at6 + -7), v1)];
  let v17 = x11.y;
  let v18 = x13.w;
  let v19 = ((at2 + 2) < 8);
  let v20 = (v1 & v19);
  let v21 = vec4<bool>(v1, v20, v1, v20);
  let x22 = in0[select(0, (at6 + -6), v20)];
  let v23 = x11.z;
  let x24 = in1[(at10 + 5)];
  let v25 = x24.x;
  let v26 = select(0.0f, in0[select(0, (at6 + -1), v3)], v3);
  let x27 = in0[at6];
  let v28 = x11.w;
  let v29 = x24.y;
  let x30 = in0[(at6 + 1)];
  let x31 = in1[(at10 + 1)];
  let v32 = x31.x;
  let v33 = x24.z;
  let v34 = select(0.0f, in0[select(0, (at6 + 2), v19)], v19);
  let v35 = x31.y;
  let v36 = x24.w;
  let v37 = ((at0 + 1) < 8);
  let v38 = (v37 & v3);
  let v39 = vec4<bool>(v38, v37, v38, v37);
  let x40 = in0[select(0, (at6 + 7), v38)];
  let x41 = in0[select(0, (at6 + 8), v37)];
  let v42 = x31.z;
  let x43 = in1[(at10 + 6)];
  let v44 = x43.x;
  let v45 = vec4<bool>(v37);
  let x46 = in0[select(0, (at6 + 9), v37)];
  let v47 = x31.w;
  let v48 = x43.y;
  let v49 = (v37 & v19);
  let v50 = vec4<bool>(v37, v49, v37, v49);
  let x51 = in0[select(0, (at6 + 10), v49)];
  let x52 = in1[(at10 + 2)];
  let v53 = x52.x;
  let v54 = x43.z;
  let x55 = in0[select(0, (at6 + 55), v4)];
  let x56 = in0[select(0, (at6 + 56), v1)];
  let v57 = x52.y;
  let v58 = x43.w;
  let x59 = in0[select(0, (at6 + 57), v1)];
  let v60 = x52.z;
  let x61 = in1[(at10 + 7)];
  let v62 = x61.x;
  let x63 = in0[select(0, (at6 + 58), v20)];
  let v64 = x52.w;
  let v65 = x61.y;
  let v66 = select(0.0f, in0[select(0, (at6 + 63), v3)], v3);
  let x67 = in0[(at6 + 64)];
  let x68 = in1[(at10 + 3)];
  let v69 = x68.x;
  let v70 = x61.z;
  let x71 = in0[(at6 + 65)];
  let v72 = x68.y;
  let v73 = x61.w;
  let v74 = select(0.0f, in0[select(0, (at6 + 66), v19)], v19);
  let v75 = x68.z;
  let x76 = in1[(at10 + 8)];
  let v77 = x76.x;
  let x78 = in0[select(0, (at6 + 71), v38)];
  let x79 = in0[select(0, (at6 + 72), v37)];
  let v80 = x68.w;
  let v81 = x76.y;
  let x82 = in0[select(0, (at6 + 73), v37)];
  let v83 = x13.x;
  let v84 = x76.z;
  let x85 = in0[select(0, (at6 + 74), v49)];
  let v86 = x13.y;
  let v87 = x76.w;
  r0 += fma(select(v9, vec4<f32>(x82, x85, x82, x85), v50), vec4<f32>(v86, v86, v87, v87), fma(select(v9, vec4<f32>(x79, x82, x79, x82), v45), vec4<f32>(v83, v83, v84, v84), fma(select(v9, vec4<f32>(x78, x79, x78, x79), v39), vec4<f32>(v80, v80, v81, v81), fma(vec4<f32>(x71, v74, x71, v74), vec4<f32>(v75, v75, v77, v77), fma(vec4<f32>(x67, x71, x67, x71), vec4<f32>(v72, v72, v73, v73), fma(vec4<f32>(v66, x67, v66, x67), vec4<f32>(v69, v69, v70, v70), fma(select(v9, vec4<f32>(x59, x63, x59, x63), v21), vec4<f32>(v64, v64, v65, v65), fma(select(v9, vec4<f32>(x56, x59, x56, x59), v15), vec4<f32>(v60, v60, v62, v62), fma(select(v9, vec4<f32>(x55, x56, x55, x56), v5), vec4<f32>(v57, v57, v58, v58), fma(select(v9, vec4<f32>(x46, x51, x46, x51), v50), vec4<f32>(v53, v53, v54, v54), fma(select(v9, vec4<f32>(x41, x46, x41, x46), v45), vec4<f32>(v47, v47, v48, v48), fma(select(v9, vec4<f32>(x40, x41, x40, x41), v39), vec4<f32>(v42, v42, v44, v44), fma(vec4<f32>(x30, v34, x30, v34), vec4<f32>(v35, v35, v36, v36), fma(vec4<f32>(x27, x30, x27, x30), vec4<f32>(v32, v32, v33, v33), fma(vec4<f32>(v26, x27, v26, x27), vec4<f32>(v28, v28, v29, v29), fma(select(v9, vec4<f32>(x16, x22, x16, x22), v21), vec4<f32>(v23, v23, v25, v25), fma(select(v9, vec4<f32>(x8, x16, x8, x16), v15), vec4<f32>(v17, v17, v18, v18), select(v9, vec4<f32>(x7, x8, x7, x8), v5) * vec4<f32>(v12, v12, v14, v14))))))))))))))))));
  let at88 = ((((t / 32) * 128) + at2) + (at0 * 8));
  out2[at88] = r0.x;
  out2[(at88 + 1)] = r0.y;
  out2[(at88 + 64)] = r0.z;
  out2[(at88 + 65)] = r0.w;
}

// a row per workgroup
// kernel max_sum_log_exp
@group(0) @binding(0) var<storage, read> in0: array<vec4<f32>, 900>;
@group(0) @binding(1) var<storage, read_write> out1: array<vec4<f32>, 900>;
var<workgroup> r0_all: array<f32, 64>;
var<workgroup> r1_all: array<f32, 64>;
var<private> negative_infinity_bits = 0xff800000u;
var<private> nan_bits = 0x7fc00000u;
fn larger(a: f32, b: f32) -> f32 {
  return select(b, a, (a > b) | ((bitcast<i32>(a) & 0x7fffffff) > 0x7f800000));
}
fn larger_of_four(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return select(b, a, (a > b) | ((bitcast<vec4<i32>>(a) & vec4<i32>(0x7fffffff)) > vec4<i32>(0x7f800000)));
}
fn exponential_of_four(a: vec4<f32>) -> vec4<f32> {
  return select(exp(a), a, ((bitcast<vec4<i32>>(a) & vec4<i32>(0x7fffffff)) > vec4<i32>(0x7f800000)));
}
fn logarithm(a: f32) -> f32 {
  return select(select(bitcast<f32>(nan_bits), bitcast<f32>(negative_infinity_bits), a == 0.0f), log(a), a > 0.0f);
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = i32(group.x);
  var r0_own = vec4<f32>(bitcast<f32>(negative_infinity_bits));
  let at0 = (row * 75);
  for (var k = i32(lane); k < 75; k += 64) {
    r0_own = larger_of_four(r0_own, in0[(k + at0)]);
  }
  let r0_sum = larger(larger(larger(r0_own.x, r0_own.y), r0_own.z), r0_own.w);
  r0_all[lane] = r0_sum;
  workgroupBarrier();
  if (lane < 32u) { r0_all[lane] = larger(r0_all[lane], r0_all[lane + 32u]); }
  workgroupBarrier();
  if (lane < 16u) { r0_all[lane] = larger(r0_all[lane], r0_all[lane + 16u]); }
  workgroupBarrier();
  if (lane < 8u) { r0_all[lane] = larger(r0_all[lane], r0_all[lane + 8u]); }
  workgroupBarrier();
  if (lane < 4u) { r0_all[lane] = larger(r0_all[lane], r0_all[lane + 4u]); }
  workgroupBarrier();
  if (lane < 2u) { r0_all[lane] = larger(r0_all[lane], r0_all[lane + 2u]); }
  workgroupBarrier();
  if (lane < 1u) { r0_all[lane] = larger(r0_all[lane], r0_all[lane + 1u]); }
  workgroupBarrier();
  let r0 = r0_all[0];
  var r1_own = vec4<f32>(0.0f);
  let v1 = vec4<f32>(r0);
  for (var k = i32(lane); k < 75; k += 64) {
    r1_own = r1_own + exponential_of_four((in0[(at0 + k)] - v1));
  }
  let r1_sum = r1_own.x + r1_own.y + r1_own.z + r1_own.w;
  r1_all[lane] = r1_sum;
  workgroupBarrier();
  if (lane < 32u) { r1_all[lane] = r1_all[lane] + r1_all[lane + 32u]; }
  workgroupBarrier();
  if (lane < 16u) { r1_all[lane] = r1_all[lane] + r1_all[lane + 16u]; }
  workgroupBarrier();
  if (lane < 8u) { r1_all[lane] = r1_all[lane] + r1_all[lane + 8u]; }
  workgroupBarrier();
  if (lane < 4u) { r1_all[lane] = r1_all[lane] + r1_all[lane + 4u]; }
  workgroupBarrier();
  if (lane < 2u) { r1_all[lane] = r1_all[lane] + r1_all[lane + 2u]; }
  workgroupBarrier();
  if (lane < 1u) { r1_all[lane] = r1_all[lane] + r1_all[lane + 1u]; }
  workgroupBarrier();
  let r1 = r1_all[0];
  let v3 = logarithm(r1);
  let v4 = vec4<f32>(v3);
  for (var k = i32(lane); k < 75; k += 64) {
    let at2 = (at0 + k);
    out1[at2] = exponential_of_four(((in0[at2] - v1) - v4));
  }
}

// a row per quad
// kernel max_sum_log_exp
enable subgroups;
@group(0) @binding(0) var<storage, read> in0: array<vec4<f32>, 900>;
@group(0) @binding(1) var<storage, read_write> out1: array<vec4<f32>, 900>;
var<private> negative_infinity_bits = 0xff800000u;
var<private> nan_bits = 0x7fc00000u;
fn larger(a: f32, b: f32) -> f32 {
  return select(b, a, (a > b) | ((bitcast<i32>(a) & 0x7fffffff) > 0x7f800000));
}
fn larger_of_four(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return select(b, a, (a > b) | ((bitcast<vec4<i32>>(a) & vec4<i32>(0x7fffffff)) > vec4<i32>(0x7f800000)));
}
fn exponential_of_four(a: vec4<f32>) -> vec4<f32> {
  return select(exp(a), a, ((bitcast<vec4<i32>>(a) & vec4<i32>(0x7fffffff)) > vec4<i32>(0x7f800000)));
}
fn logarithm(a: f32) -> f32 {
  return select(select(bitcast<f32>(nan_bits), bitcast<f32>(negative_infinity_bits), a == 0.0f), log(a), a > 0.0f);
}
@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = i32(group.x);
  var r0_own = vec4<f32>(bitcast<f32>(negative_infinity_bits));
  let at0 = (row * 75);
  for (var k = i32(lane); k < 75; k += 4) {
    r0_own = larger_of_four(r0_own, in0[(k + at0)]);
  }
  let r0_sum = larger(larger(larger(r0_own.x, r0_own.y), r0_own.z), r0_own.w);
  let r0_pair = larger(r0_sum, quadSwapX(r0_sum));
  let r0 = larger(r0_pair, quadSwapY(r0_pair));
  var r1_own = vec4<f32>(0.0f);
  let v1 = vec4<f32>(r0);
  for (var k = i32(lane); k < 75; k += 4) {
    r1_own = r1_own + exponential_of_four((in0[(at0 + k)] - v1));
  }
  let r1_sum = r1_own.x + r1_own.y + r1_own.z + r1_own.w;
  let r1_pair = r1_sum + quadSwapX(r1_sum);
  let r1 = r1_pair + quadSwapY(r1_pair);
  let v3 = logarithm(r1);
  let v4 = vec4<f32>(v3);
  for (var k = i32(lane); k < 75; k += 4) {
    let at2 = (at0 + k);
    out1[at2] = exponential_of_four(((in0[at2] - v1) - v4));
  }
}

// a large tile, stored line by line
// kernel dot_relu
enable subgroups;
@group(0) @binding(0) var<storage, read> in0: array<f32, 17408>;
@group(0) @binding(1) var<storage, read> in1: array<vec4<f32>, 8704>;
@group(0) @binding(2) var<storage, read> in2: array<vec4<f32>, 64>;
@group(0) @binding(3) var<storage, read_write> out3: array<vec4<f32>, 8192>;
@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 32u + lane);
  let quad = t % 4;
  var r0_0 = vec4<f32>(0.0f);
  var r0_1 = vec4<f32>(0.0f);
  var r0_2 = vec4<f32>(0.0f);
  var r0_3 = vec4<f32>(0.0f);
  var r0_4 = vec4<f32>(0.0f);
  var r0_5 = vec4<f32>(0.0f);
  var r0_6 = vec4<f32>(0.0f);
  var r0_7 = vec4<f32>(0.0f);
  var r0_8 = vec4<f32>(0.0f);
  var r0_9 = vec4<f32>(0.0f);
  var r0_10 = vec4<f32>(0.0f);
  var r0_11 = vec4<f32>(0.0f);
  var r0_12 = vec4<f32>(0.0f);
  var r0_13 = vec4<f32>(0.0f);
  var r0_14 = vec4<f32>(0.0f);
  var r0_15 = vec4<f32>(0.0f);
  let at0 = (t / 32);
  let at1 = (at0 * 1088);
  let at2 = (quad * 136);
  let at6 = (t % 32);
  let at7 = (at6 * 2);
  for (var start = 0; start < 136; start += 34) {
    var r0_0_part = vec4<f32>(0.0f);
    var r0_1_part = vec4<f32>(0.0f);
    var r0_2_part = vec4<f32>(0.0f);
    var r0_3_part = vec4<f32>(0.0f);
    var r0_4_part = vec4<f32>(0.0f);
    var r0_5_part = vec4<f32>(0.0f);
    var r0_6_part = vec4<f32>(0.0f);
    var r0_7_part = vec4<f32>(0.0f);
    var r0_8_part = vec4<f32>(0.0f);
    var r0_9_part = vec4<f32>(0.0f);
    var r0_10_part = vec4<f32>(0.0f);
    var r0_11_part = vec4<f32>(0.0f);
    var r0_12_part = vec4<f32>(0.0f);
    var r0_13_part = vec4<f32>(0.0f);
    var r0_14_part = vec4<f32>(0.0f);
    var r0_15_part = vec4<f32>(0.0f);
    for (var k0 = start; k0 < start + 34; k0++) {
      let at3 = ((at1 + k0) + at2);
      let x4 = in0[at3];
      let v5 = vec4<f32>(quadBroadcast(x4, 0u));
      let at8 = (at7 + (k0 * 64));
      let x9 = in1[at8];
      r0_0_part = fma(v5, x9, r0_0_part);
      let x10 = in1[(at8 + 1)];
      r0_1_part = fma(v5, x10, r0_1_part);
      let v11 = vec4<f32>(quadBroadcast(x4, 1u));
      r0_2_part = fma(v11, x9, r0_2_part);
      r0_3_part = fma(v11, x10, r0_3_part);
      let v12 = vec4<f32>(quadBroadcast(x4, 2u));
      r0_4_part = fma(v12, x9, r0_4_part);
      r0_5_part = fma(v12, x10, r0_5_part);
      let v13 = vec4<f32>(quadBroadcast(x4, 3u));
      r0_6_part = fma(v13, x9, r0_6_part);
      r0_7_part = fma(v13, x10, r0_7_part);
      let x14 = in0[(at3 + 544)];
      let v15 = vec4<f32>(quadBroadcast(x14, 0u));
      r0_8_part = fma(v15, x9, r0_8_part);
      r0_9_part = fma(v15, x10, r0_9_part);
      let v16 = vec4<f32>(quadBroadcast(x14, 1u));
      r0_10_part = fma(v16, x9, r0_10_part);
      r0_11_part = fma(v16, x10, r0_11_part);
      let v17 = vec4<f32>(quadBroadcast(x14, 2u));
      r0_12_part = fma(v17, x9, r0_12_part);
      r0_13_part = fma(v17, x10, r0_13_part);
      let v18 = vec4<f32>(quadBroadcast(x14, 3u));
      r0_14_part = fma(v18, x9, r0_14_part);
      r0_15_part = fma(v18, x10, r0_15_part);
    }
    r0_0 += r0_0_part;
    r0_1 += r0_1_part;
    r0_2 += r0_2_part;
    r0_3 += r0_3_part;
    r0_4 += r0_4_part;
    r0_5 += r0_5_part;
    r0_6 += r0_6_part;
    r0_7 += r0_7_part;
    r0_8 += r0_8_part;
    r0_9 += r0_9_part;
    r0_10 += r0_10_part;
    r0_11 += r0_11_part;
    r0_12 += r0_12_part;
    r0_13 += r0_13_part;
    r0_14 += r0_14_part;
    r0_15 += r0_15_part;
  }
  var r0_tile = array<vec4<f32>, 16>(r0_0, r0_1, r0_2, r0_3, r0_4, r0_5, r0_6, r0_7, r0_8, r0_9, r0_10, r0_11, r0_12, r0_13, r0_14, r0_15);
  let x19 = in2[at7];
  let v21 = vec4<f32>(0.0f);
  let at22 = (at0 * 512);
  let at23 = (at22 + at7);
  let at25 = (at7 + 1);
  let x26 = in2[at25];
  for (var line = 0; line < 8; line++) {
    let r0_line0 = r0_tile[line * 2 + 0];
    let r0_line1 = r0_tile[line * 2 + 1];
    let v20 = (r0_line0 + x19);
    let at24 = (at23 + (line * 64));
    out3[at24] = select(v20, v21, (v20 < v21));
    let v27 = (r0_line1 + x26);
    out3[(at24 + 1)] = select(v27, v21, (v27 < v21));
  }
}

// a long sum in two kernels
// kernel sum_part
@group(0) @binding(0) var<storage, read> in0: array<vec4<f32>, 16384>;
@group(0) @binding(1) var<storage, read_write> out1: array<f32, 2>;
var<workgroup> r0_all: array<f32, 16>;
@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = i32(group.x);
  var r0_own = vec4<f32>(0.0f);
  let at0 = (row * 8192);
  for (var k = i32(lane); k < 8192; k += 16) {
    r0_own = r0_own + in0[(k + at0)];
  }
  let r0_sum = r0_own.x + r0_own.y + r0_own.z + r0_own.w;
  r0_all[lane] = r0_sum;
  workgroupBarrier();
  var r0 = r0_all[0];
  for (var i = 1; i < 16; i++) { r0 = r0 + r0_all[i]; }
  if (lane == 0u) { out1[row] = r0; }
}

// kernel sum
@group(0) @binding(0) var<storage, read> in0: array<f32, 2>;
@group(0) @binding(1) var<storage, read_write> out1: array<f32, 1>;
@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 4u + lane);
  if (t >= 1) { return; }
  var r0 = 0.0f;
  r0 = r0 + in0[0]; r0 = r0 + in0[1];
  out1[0] = r0;
}
