// four elements per invocation
// kernel relu
@group(0) @binding(0) var<storage, read> in0: array<vec4<f32>, 1024>;
@group(0) @binding(1) var<storage, read_write> out1: array<vec4<f32>, 1024>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let t = i32(group.x * 64u + index);
  let v0 = (in0[t] * vec4<f32>(2.0f)) + vec4<f32>(1.0f);
  out1[t] = select(v0, vec4<f32>(0.0f), (v0 < vec4<f32>(0.0f)));
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
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let t = i32(group.x * 64u + index);
  if (t >= 30) { return; }
  out2[t] = exponential((in0[t] + in1[(t % 5)]));
}

// bytes in, booleans out
// kernel greater
@group(0) @binding(0) var<storage, read> in0: array<u32, 3>;
@group(0) @binding(1) var<storage, read_write> out1: array<u32, 10>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let t = i32(group.x * 64u + index);
  if (t >= 10) { return; }
  out1[t] = select(0u, 1u, f32(((in0[(t / 4)] >> u32(((t % 4) * 8))) & 255u)) > 99.0f);
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
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let t = i32(group.x * 64u + index);
  if (t >= 8) { return; }
  let at0 = t % 4;
  let v1 = u32((t / 4));
  let v2 = (multiply_high(v1, 3528531795u) ^ 7u) ^ 3405705229u;
  let x3 = in0[0];
  let x4 = in1[0];
  let v5 = (multiply_high(v2, 3449720151u) ^ (x3 * 3449720151u)) ^ (x4 + 2654435769u);
  let v6 = (multiply_high(x3, 3449720151u) ^ 0u) ^ (x4 + 0u);
  let v7 = (multiply_high(v5, 3528531795u) ^ (v6 * 3528531795u)) ^ 1104039191u;
  let v8 = (multiply_high(v6, 3528531795u) ^ (v1 * 3528531795u)) ^ 2254872210u;
  let v9 = (multiply_high(v7, 3449720151u) ^ (v8 * 3449720151u)) ^ (x4 + 3668340011u);
  let v10 = (multiply_high(v8, 3449720151u) ^ (v2 * 3449720151u)) ^ (x4 + 1013904242u);
  let v11 = (multiply_high(v9, 3528531795u) ^ (v10 * 3528531795u)) ^ 3097340449u;
  let v12 = (multiply_high(v10, 3528531795u) ^ (v5 * 3528531795u)) ^ 4248173468u;
  let v13 = (multiply_high(v11, 3449720151u) ^ (v12 * 3449720151u)) ^ (x4 + 387276957u);
  let v14 = (multiply_high(v12, 3449720151u) ^ (v7 * 3449720151u)) ^ (x4 + 2027808484u);
  let v15 = (multiply_high(v13, 3528531795u) ^ (v14 * 3528531795u)) ^ 795674411u;
  let v16 = (multiply_high(v14, 3528531795u) ^ (v9 * 3528531795u)) ^ 1946507430u;
  let v17 = (multiply_high(v15, 3449720151u) ^ (v16 * 3449720151u)) ^ (x4 + 1401181199u);
  let v18 = (multiply_high(v16, 3449720151u) ^ (v11 * 3449720151u)) ^ (x4 + 3041712726u);
  let v19 = (multiply_high(v17, 3528531795u) ^ (v18 * 3528531795u)) ^ 2788975669u;
  let v20 = (multiply_high(v18, 3528531795u) ^ (v13 * 3528531795u)) ^ 3939808688u;
  let v21 = (multiply_high(v20, 3449720151u) ^ (v15 * 3449720151u)) ^ (x4 + 4055616968u);
  out2[t] = select(select(select((v21 * 3528531795u), ((multiply_high(v21, 3528531795u) ^ (v17 * 3528531795u)) ^ 1638142650u), (at0 == 2)), (v19 * 3449720151u), (at0 == 1)), ((multiply_high(v19, 3449720151u) ^ (v20 * 3449720151u)) ^ (x4 + 2415085441u)), (at0 == 0));
}

// a contraction in register tiles
// kernel dot
@group(0) @binding(0) var<storage, read> in0: array<f32, 2048>;
@group(0) @binding(1) var<storage, read> in1: array<vec4<f32>, 512>;
@group(0) @binding(2) var<storage, read_write> out2: array<vec4<f32>, 1024>;
@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let t = i32(group.x * 16u + index);
  var r0_0 = vec4<f32>(0.0f);
  var r0_1 = vec4<f32>(0.0f);
  var r0_2 = vec4<f32>(0.0f);
  var r0_3 = vec4<f32>(0.0f);
  let at0 = (t / 16) * 128;
  let at2 = t % 16;
  for (var k0 = 0; k0 < 32; k0++) {
    let at1 = at0 + k0;
    let x3 = in1[(at2 + (k0 * 16))];
    r0_0 = fma(vec4<f32>(in0[at1]), x3, r0_0);
    r0_1 = fma(vec4<f32>(in0[(at1 + 32)]), x3, r0_1);
    r0_2 = fma(vec4<f32>(in0[(at1 + 64)]), x3, r0_2);
    r0_3 = fma(vec4<f32>(in0[(at1 + 96)]), x3, r0_3);
  }
  let at4 = ((t / 16) * 64) + at2;
  out2[at4] = r0_0;
  out2[at4 + 16] = r0_1;
  out2[at4 + 32] = r0_2;
  out2[at4 + 48] = r0_3;
}

// a padded convolution
// kernel conv
@group(0) @binding(0) var<storage, read> in0: array<f32, 256>;
@group(0) @binding(1) var<storage, read> in1: array<vec4<f32>, 18>;
@group(0) @binding(2) var<storage, read_write> out2: array<f32, 512>;
@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let t = i32(group.x * 8u + index);
  var r0 = vec4<f32>(0.0f);
  let at0 = (t / 4) % 8;
  let v1 = -1 < (at0 + -1);
  let at2 = (t % 4) * 2;
  let v3 = -1 < (at2 + -1);
  let v4 = v1 & v3;
  let v5 = vec4<bool>(v4, v1, v4, v1);
  let at6 = (at2 + (at0 * 8)) + ((t / 64) * 128);
  let x7 = in0[select(0, (at6 + -9), v4)];
  let x8 = in0[select(0, (at6 + -8), v1)];
  let at9 = ((t / 32) % 2) * 9;
  let x10 = in1[at9];
  let v11 = x10.x;
  let x12 = in1[(at9 + 4)];
  let v13 = x12.z;
  let x14 = in0[select(0, (at6 + -7), v1)];
  let v15 = x10.y;
  let v16 = x12.w;
  let v17 = (at2 + 2) < 8;
  let v18 = v1 & v17;
  let v19 = vec4<bool>(v1, v18, v1, v18);
  let x20 = in0[select(0, (at6 + -6), v18)];
  let v21 = x10.z;
  let x22 = in1[(at9 + 5)];
  let v23 = x22.x;
  let v24 = select(0.0f, in0[select(0, (at6 + -1), v3)], v3);
  let x25 = in0[at6];
  let v26 = x10.w;
  let v27 = x22.y;
  let x28 = in0[(at6 + 1)];
  let x29 = in1[(at9 + 1)];
  let v30 = x29.x;
  let v31 = x22.z;
  let v32 = select(0.0f, in0[select(0, (at6 + 2), v17)], v17);
  let v33 = x29.y;
  let v34 = x22.w;
  let v35 = (at0 + 1) < 8;
  let v36 = v35 & v3;
  let v37 = vec4<bool>(v36, v35, v36, v35);
  let x38 = in0[select(0, (at6 + 7), v36)];
  let x39 = in0[select(0, (at6 + 8), v35)];
  let v40 = x29.z;
  let x41 = in1[(at9 + 6)];
  let v42 = x41.x;
  let x43 = in0[select(0, (at6 + 9), v35)];
  let v44 = x29.w;
  let v45 = x41.y;
  let v46 = v35 & v17;
  let v47 = vec4<bool>(v35, v46, v35, v46);
  let x48 = in0[select(0, (at6 + 10), v46)];
  let x49 = in1[(at9 + 2)];
  let v50 = x49.x;
  let v51 = x41.z;
  let x52 = in0[select(0, (at6 + 55), v4)];
  let x53 = in0[select(0, (at6 + 56), v1)];
  let v54 = x49.y;
  let v55 = x41.w;
  let x56 = in0[select(0, (at6 + 57), v1)];
  let v57 = x49.z;
  let x58 = in1[(at9 + 7)];
  let v59 = x58.x;
  let x60 = in0[select(0, (at6 + 58), v18)];
  let v61 = x49.w;
  let v62 = x58.y;
  let v63 = select(0.0f, in0[select(0, (at6 + 63), v3)], v3);
  let x64 = in0[(at6 + 64)];
  let x65 = in1[(at9 + 3)];
  let v66 = x65.x;
  let v67 = x58.z;
  let x68 = in0[(at6 + 65)];
  let v69 = x65.y;
  let v70 = x58.w;
  let v71 = select(0.0f, in0[select(0, (at6 + 66), v17)], v17);
  let v72 = x65.z;
  let x73 = in1[(at9 + 8)];
  let v74 = x73.x;
  let x75 = in0[select(0, (at6 + 71), v36)];
  let x76 = in0[select(0, (at6 + 72), v35)];
  let v77 = x65.w;
  let v78 = x73.y;
  let x79 = in0[select(0, (at6 + 73), v35)];
  let v80 = x12.x;
  let v81 = x73.z;
  let x82 = in0[select(0, (at6 + 74), v46)];
  let v83 = x12.y;
  let v84 = x73.w;
  r0 = r0 + fma(select(vec4<f32>(0.0f), vec4<f32>(x79, x82, x79, x82), v47), vec4<f32>(v83, v83, v84, v84), fma(select(vec4<f32>(0.0f), vec4<f32>(x76, x79, x76, x79), v35), vec4<f32>(v80, v80, v81, v81), fma(select(vec4<f32>(0.0f), vec4<f32>(x75, x76, x75, x76), v37), vec4<f32>(v77, v77, v78, v78), fma(vec4<f32>(x68, v71, x68, v71), vec4<f32>(v72, v72, v74, v74), fma(vec4<f32>(x64, x68, x64, x68), vec4<f32>(v69, v69, v70, v70), fma(vec4<f32>(v63, x64, v63, x64), vec4<f32>(v66, v66, v67, v67), fma(select(vec4<f32>(0.0f), vec4<f32>(x56, x60, x56, x60), v19), vec4<f32>(v61, v61, v62, v62), fma(select(vec4<f32>(0.0f), vec4<f32>(x53, x56, x53, x56), v1), vec4<f32>(v57, v57, v59, v59), fma(select(vec4<f32>(0.0f), vec4<f32>(x52, x53, x52, x53), v5), vec4<f32>(v54, v54, v55, v55), fma(select(vec4<f32>(0.0f), vec4<f32>(x43, x48, x43, x48), v47), vec4<f32>(v50, v50, v51, v51), fma(select(vec4<f32>(0.0f), vec4<f32>(x39, x43, x39, x43), v35), vec4<f32>(v44, v44, v45, v45), fma(select(vec4<f32>(0.0f), vec4<f32>(x38, x39, x38, x39), v37), vec4<f32>(v40, v40, v42, v42), fma(vec4<f32>(x28, v32, x28, v32), vec4<f32>(v33, v33, v34, v34), fma(vec4<f32>(x25, x28, x25, x28), vec4<f32>(v30, v30, v31, v31), fma(vec4<f32>(v24, x25, v24, x25), vec4<f32>(v26, v26, v27, v27), fma(select(vec4<f32>(0.0f), vec4<f32>(x14, x20, x14, x20), v19), vec4<f32>(v21, v21, v23, v23), fma(select(vec4<f32>(0.0f), vec4<f32>(x8, x14, x8, x14), v1), vec4<f32>(v15, v15, v16, v16), (select(vec4<f32>(0.0f), vec4<f32>(x7, x8, x7, x8), v5) * vec4<f32>(v11, v11, v13, v13)))))))))))))))))));
  let at85 = (((t / 32) * 128) + at2) + (at0 * 8);
  out2[at85] = r0.x;
  out2[at85 + 1] = r0.y;
  out2[at85 + 64] = r0.z;
  out2[at85 + 65] = r0.w;
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
  return select(a, b, (b > a) | ((bitcast<i32>(b) & 0x7fffffff) > 0x7f800000));
}
fn larger_of_four(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return select(a, b, (b > a) | ((bitcast<vec4<i32>>(b) & vec4<i32>(0x7fffffff)) > vec4<i32>(0x7f800000)));
}
fn exponential_of_four(a: vec4<f32>) -> vec4<f32> {
  return select(exp(a), a, ((bitcast<vec4<i32>>(a) & vec4<i32>(0x7fffffff)) > vec4<i32>(0x7f800000)));
}
fn logarithm(a: f32) -> f32 {
  return select(select(bitcast<f32>(nan_bits), bitcast<f32>(negative_infinity_bits), a == 0.0f), log(a), a > 0.0f);
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let row = i32(group.x);
  let lane = i32(index);
  var r0_own = vec4<f32>(bitcast<f32>(negative_infinity_bits));
  let at0 = row * 75;
  for (var k = lane; k < 75; k += 64) {
    r0_own = larger_of_four(r0_own, in0[(k + at0)]);
  }
  let r0_sum = larger(larger(larger(r0_own.x, r0_own.y), r0_own.z), r0_own.w);
  r0_all[lane] = r0_sum;
  workgroupBarrier();
  if (lane < 32) {
    let at1 = lane + 32;
    r0_all[lane] = larger(r0_all[lane], r0_all[at1]);
  }
  workgroupBarrier();
  if (lane < 16) {
    let at2 = lane + 16;
    r0_all[lane] = larger(r0_all[lane], r0_all[at2]);
  }
  workgroupBarrier();
  if (lane < 8) {
    let at3 = lane + 8;
    r0_all[lane] = larger(r0_all[lane], r0_all[at3]);
  }
  workgroupBarrier();
  if (lane < 4) {
    let at4 = lane + 4;
    r0_all[lane] = larger(r0_all[lane], r0_all[at4]);
  }
  workgroupBarrier();
  if (lane < 2) {
    let at5 = lane + 2;
    r0_all[lane] = larger(r0_all[lane], r0_all[at5]);
  }
  workgroupBarrier();
  if (lane < 1) {
    let at6 = lane + 1;
    r0_all[lane] = larger(r0_all[lane], r0_all[at6]);
  }
  workgroupBarrier();
  let r0 = r0_all[0];
  var r1_own = vec4<f32>(0.0f);
  let v7 = vec4<f32>(r0);
  for (var k_1 = lane; k_1 < 75; k_1 += 64) {
    r1_own = r1_own + exponential_of_four((in0[(at0 + k_1)] - v7));
  }
  let r1_sum = r1_own.x + r1_own.y + r1_own.z + r1_own.w;
  r1_all[lane] = r1_sum;
  workgroupBarrier();
  if (lane < 32) {
    let at8 = lane + 32;
    r1_all[lane] = r1_all[lane] + r1_all[at8];
  }
  workgroupBarrier();
  if (lane < 16) {
    let at9 = lane + 16;
    r1_all[lane] = r1_all[lane] + r1_all[at9];
  }
  workgroupBarrier();
  if (lane < 8) {
    let at10 = lane + 8;
    r1_all[lane] = r1_all[lane] + r1_all[at10];
  }
  workgroupBarrier();
  if (lane < 4) {
    let at11 = lane + 4;
    r1_all[lane] = r1_all[lane] + r1_all[at11];
  }
  workgroupBarrier();
  if (lane < 2) {
    let at12 = lane + 2;
    r1_all[lane] = r1_all[lane] + r1_all[at12];
  }
  workgroupBarrier();
  if (lane < 1) {
    let at13 = lane + 1;
    r1_all[lane] = r1_all[lane] + r1_all[at13];
  }
  workgroupBarrier();
  let r1 = r1_all[0];
  let v15 = vec4<f32>(logarithm(r1));
  for (var k_2 = lane; k_2 < 75; k_2 += 64) {
    let at14 = at0 + k_2;
    out1[at14] = exponential_of_four(((in0[at14] - v7) - v15));
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
  return select(a, b, (b > a) | ((bitcast<i32>(b) & 0x7fffffff) > 0x7f800000));
}
fn larger_of_four(a: vec4<f32>, b: vec4<f32>) -> vec4<f32> {
  return select(a, b, (b > a) | ((bitcast<vec4<i32>>(b) & vec4<i32>(0x7fffffff)) > vec4<i32>(0x7f800000)));
}
fn exponential_of_four(a: vec4<f32>) -> vec4<f32> {
  return select(exp(a), a, ((bitcast<vec4<i32>>(a) & vec4<i32>(0x7fffffff)) > vec4<i32>(0x7f800000)));
}
fn logarithm(a: f32) -> f32 {
  return select(select(bitcast<f32>(nan_bits), bitcast<f32>(negative_infinity_bits), a == 0.0f), log(a), a > 0.0f);
}
@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let row = i32(group.x);
  let lane = i32(index);
  var r0_own = vec4<f32>(bitcast<f32>(negative_infinity_bits));
  let at0 = row * 75;
  for (var k = lane; k < 75; k += 4) {
    r0_own = larger_of_four(r0_own, in0[(k + at0)]);
  }
  let r0_sum = larger(larger(larger(r0_own.x, r0_own.y), r0_own.z), r0_own.w);
  let r0_pair = larger(r0_sum, quadSwapX(r0_sum));
  let r0 = larger(r0_pair, quadSwapY(r0_pair));
  var r1_own = vec4<f32>(0.0f);
  let v1 = vec4<f32>(r0);
  for (var k_1 = lane; k_1 < 75; k_1 += 4) {
    r1_own = r1_own + exponential_of_four((in0[(at0 + k_1)] - v1));
  }
  let r1_sum = r1_own.x + r1_own.y + r1_own.z + r1_own.w;
  let r1_pair = r1_sum + quadSwapX(r1_sum);
  let r1 = r1_pair + quadSwapY(r1_pair);
  let v3 = vec4<f32>(logarithm(r1));
  for (var k_2 = lane; k_2 < 75; k_2 += 4) {
    let at2 = at0 + k_2;
    out1[at2] = exponential_of_four(((in0[at2] - v1) - v3));
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
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let t = i32(group.x * 32u + index);
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
  let at0 = (t / 32) * 1088;
  let at1 = (t % 4) * 136;
  let at5 = (t % 32) * 2;
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
      let at2 = (at0 + k0) + at1;
      let x3 = in0[at2];
      let v4 = vec4<f32>(quadBroadcast(x3, 0u));
      let at6 = at5 + (k0 * 64);
      let x7 = in1[at6];
      r0_0_part = fma(v4, x7, r0_0_part);
      let x8 = in1[(at6 + 1)];
      r0_1_part = fma(v4, x8, r0_1_part);
      let v9 = vec4<f32>(quadBroadcast(x3, 1u));
      r0_2_part = fma(v9, x7, r0_2_part);
      r0_3_part = fma(v9, x8, r0_3_part);
      let v10 = vec4<f32>(quadBroadcast(x3, 2u));
      r0_4_part = fma(v10, x7, r0_4_part);
      r0_5_part = fma(v10, x8, r0_5_part);
      let v11 = vec4<f32>(quadBroadcast(x3, 3u));
      r0_6_part = fma(v11, x7, r0_6_part);
      r0_7_part = fma(v11, x8, r0_7_part);
      let x12 = in0[(at2 + 544)];
      let v13 = vec4<f32>(quadBroadcast(x12, 0u));
      r0_8_part = fma(v13, x7, r0_8_part);
      r0_9_part = fma(v13, x8, r0_9_part);
      let v14 = vec4<f32>(quadBroadcast(x12, 1u));
      r0_10_part = fma(v14, x7, r0_10_part);
      r0_11_part = fma(v14, x8, r0_11_part);
      let v15 = vec4<f32>(quadBroadcast(x12, 2u));
      r0_12_part = fma(v15, x7, r0_12_part);
      r0_13_part = fma(v15, x8, r0_13_part);
      let v16 = vec4<f32>(quadBroadcast(x12, 3u));
      r0_14_part = fma(v16, x7, r0_14_part);
      r0_15_part = fma(v16, x8, r0_15_part);
    }
    r0_0 = r0_0 + r0_0_part;
    r0_1 = r0_1 + r0_1_part;
    r0_2 = r0_2 + r0_2_part;
    r0_3 = r0_3 + r0_3_part;
    r0_4 = r0_4 + r0_4_part;
    r0_5 = r0_5 + r0_5_part;
    r0_6 = r0_6 + r0_6_part;
    r0_7 = r0_7 + r0_7_part;
    r0_8 = r0_8 + r0_8_part;
    r0_9 = r0_9 + r0_9_part;
    r0_10 = r0_10 + r0_10_part;
    r0_11 = r0_11 + r0_11_part;
    r0_12 = r0_12 + r0_12_part;
    r0_13 = r0_13 + r0_13_part;
    r0_14 = r0_14 + r0_14_part;
    r0_15 = r0_15 + r0_15_part;
  }
  var r0_tile = array<vec4<f32>, 16>(r0_0, r0_1, r0_2, r0_3, r0_4, r0_5, r0_6, r0_7, r0_8, r0_9, r0_10, r0_11, r0_12, r0_13, r0_14, r0_15);
  let x17 = in2[at5];
  let at19 = ((t / 32) * 512) + at5;
  let x21 = in2[(at5 + 1)];
  for (var line = 0; line < 8; line++) {
    let r0_line0 = r0_tile[(line * 2)];
    let r0_line1 = r0_tile[((line * 2) + 1)];
    let v18 = r0_line0 + x17;
    let at20 = at19 + (line * 64);
    out3[at20] = select(v18, vec4<f32>(0.0f), (v18 < vec4<f32>(0.0f)));
    let v22 = r0_line1 + x21;
    out3[at20 + 1] = select(v22, vec4<f32>(0.0f), (v22 < vec4<f32>(0.0f)));
  }
}

// a long sum in two kernels
// kernel sum_part
@group(0) @binding(0) var<storage, read> in0: array<vec4<f32>, 16384>;
@group(0) @binding(1) var<storage, read_write> out1: array<f32, 2>;
var<workgroup> r0_all: array<f32, 16>;
@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let row = i32(group.x);
  let lane = i32(index);
  var r0_own = vec4<f32>(0.0f);
  let at0 = row * 8192;
  for (var k = lane; k < 8192; k += 16) {
    r0_own = r0_own + in0[(k + at0)];
  }
  let r0_sum = r0_own.x + r0_own.y + r0_own.z + r0_own.w;
  r0_all[lane] = r0_sum;
  workgroupBarrier();
  var r0 = r0_all[0];
  for (var r0_i = 1; r0_i < 16; r0_i++) {
    r0 = r0 + r0_all[r0_i];
  }
  if (lane == 0) {
    out1[row] = r0;
  }
}

// kernel sum
@group(0) @binding(0) var<storage, read> in0: array<f32, 2>;
@group(0) @binding(1) var<storage, read_write> out1: array<f32, 1>;
@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let t = i32(group.x * 4u + index);
  if (t >= 1) { return; }
  var r0 = 0.0f;
  r0 = (r0 + in0[0]) + in0[1];
  out1[0] = r0;
}
