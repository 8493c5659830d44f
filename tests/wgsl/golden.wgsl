// four elements per invocation
// kernel relu
@group(0) @binding(0) var<storage, read> in0: array<f32>;
@group(0) @binding(1) var<storage, read_write> out1: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 64u + lane);
  let at0 = (t * 4);
  let v1 = max(((in0[at0] * 2.0f) + 1.0f), 0.0);
  let at2 = (at0 + 1);
  let v3 = max(((in0[at2] * 2.0f) + 1.0f), 0.0);
  let at4 = (at0 + 2);
  let v5 = max(((in0[at4] * 2.0f) + 1.0f), 0.0);
  let at6 = (at0 + 3);
  let v7 = max(((in0[at6] * 2.0f) + 1.0f), 0.0);
  out1[at0] = v1;
  out1[at2] = v3;
  out1[at4] = v5;
  out1[at6] = v7;
}

// a broadcast operand
// kernel exp
@group(0) @binding(0) var<storage, read> in0: array<f32>;
@group(0) @binding(1) var<storage, read> in1: array<f32>;
@group(0) @binding(2) var<storage, read_write> out2: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 64u + lane);
  if (t >= 30) { return; }
  out2[t] = exp((in0[t] + in1[(t % 5)]));
}

// bytes in, booleans out
// kernel greater
@group(0) @binding(0) var<storage, read> in0: array<u32>;
@group(0) @binding(1) var<storage, read_write> out1: array<u32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 64u + lane);
  if (t >= 10) { return; }
  out1[t] = select(0u, 1u, (f32(((in0[t / 4] >> (u32(t % 4) * 8u)) & 255u)) > 99.0f));
}

// random bits
// kernel randomBits
@group(0) @binding(0) var<storage, read> in0: array<u32>;
@group(0) @binding(1) var<storage, read> in1: array<u32>;
@group(0) @binding(2) var<storage, read_write> out2: array<u32>;
fn multiply_high(a: u32, b: u32) -> u32 {
  let a0 = a & 0xffffu; let a1 = a >> 16u;
  let b0 = b & 0xffffu; let b1 = b >> 16u;
  let middle = a1 * b0 + ((a0 * b0) >> 16u);
  let cross = a0 * b1 + (middle & 0xffffu);
  return a1 * b1 + (middle >> 16u) + (cross >> 16u);
}
fn philox(i: u32, step: u32, stream: u32, seed: u32) -> u32 {
  var c = vec4<u32>(i >> 2u, 0u, step, stream);
  var k = vec2<u32>(seed, 3405705229u);
  for (var round = 0; round < 10; round++) {
    c = vec4<u32>(multiply_high(0xCD9E8D57u, c.z) ^ c.y ^ k.x, 0xCD9E8D57u * c.z, multiply_high(0xD2511F53u, c.x) ^ c.w ^ k.y, 0xD2511F53u * c.x);
    k += vec2<u32>(0x9E3779B9u, 0xBB67AE85u);
  }
  return c[i & 3u];
}
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 64u + lane);
  if (t >= 8) { return; }
  out2[t] = philox(u32(t), in0[0], 7u, in1[0]);
}

// a contraction in register tiles
// kernel dot
@group(0) @binding(0) var<storage, read> in0: array<f32>;
@group(0) @binding(1) var<storage, read> in1: array<f32>;
@group(0) @binding(2) var<storage, read_write> out2: array<f32>;
@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 4u + lane);
  var r0_0 = 0.0f;
  var r0_1 = 0.0f;
  var r0_2 = 0.0f;
  var r0_3 = 0.0f;
  var r0_4 = 0.0f;
  var r0_5 = 0.0f;
  var r0_6 = 0.0f;
  var r0_7 = 0.0f;
  var r0_8 = 0.0f;
  var r0_9 = 0.0f;
  var r0_10 = 0.0f;
  var r0_11 = 0.0f;
  var r0_12 = 0.0f;
  var r0_13 = 0.0f;
  var r0_14 = 0.0f;
  var r0_15 = 0.0f;
  var r0_16 = 0.0f;
  var r0_17 = 0.0f;
  var r0_18 = 0.0f;
  var r0_19 = 0.0f;
  var r0_20 = 0.0f;
  var r0_21 = 0.0f;
  var r0_22 = 0.0f;
  var r0_23 = 0.0f;
  var r0_24 = 0.0f;
  var r0_25 = 0.0f;
  var r0_26 = 0.0f;
  var r0_27 = 0.0f;
  var r0_28 = 0.0f;
  var r0_29 = 0.0f;
  var r0_30 = 0.0f;
  var r0_31 = 0.0f;
  var r0_32 = 0.0f;
  var r0_33 = 0.0f;
  var r0_34 = 0.0f;
  var r0_35 = 0.0f;
  var r0_36 = 0.0f;
  var r0_37 = 0.0f;
  var r0_38 = 0.0f;
  var r0_39 = 0.0f;
  var r0_40 = 0.0f;
  var r0_41 = 0.0f;
  var r0_42 = 0.0f;
  var r0_43 = 0.0f;
  var r0_44 = 0.0f;
  var r0_45 = 0.0f;
  var r0_46 = 0.0f;
  var r0_47 = 0.0f;
  var r0_48 = 0.0f;
  var r0_49 = 0.0f;
  var r0_50 = 0.0f;
  var r0_51 = 0.0f;
  var r0_52 = 0.0f;
  var r0_53 = 0.0f;
  var r0_54 = 0.0f;
  var r0_55 = 0.0f;
  var r0_56 = 0.0f;
  var r0_57 = 0.0f;
  var r0_58 = 0.0f;
  var r0_59 = 0.0f;
  var r0_60 = 0.0f;
  var r0_61 = 0.0f;
  var r0_62 = 0.0f;
  var r0_63 = 0.0f;
  let at0 = (t / 8);
  let at1 = (at0 * 256);
  let at4 = (t % 8);
  let at5 = (at4 * 8);
  for (var k0 = 0; k0 < 8; k0++) {
    let at2 = (at1 + (k0 * 4));
    let x3 = in0[at2];
    let at6 = ((k0 * 256) + at5);
    let x7 = in1[at6];
    r0_0 = fma(x3, x7, r0_0);
    let x8 = in1[(at6 + 1)];
    r0_1 = fma(x3, x8, r0_1);
    let x9 = in1[(at6 + 2)];
    r0_2 = fma(x3, x9, r0_2);
    let x10 = in1[(at6 + 3)];
    r0_3 = fma(x3, x10, r0_3);
    let x11 = in1[(at6 + 4)];
    r0_4 = fma(x3, x11, r0_4);
    let x12 = in1[(at6 + 5)];
    r0_5 = fma(x3, x12, r0_5);
    let x13 = in1[(at6 + 6)];
    r0_6 = fma(x3, x13, r0_6);
    let x14 = in1[(at6 + 7)];
    r0_7 = fma(x3, x14, r0_7);
    let x15 = in0[(at2 + 32)];
    r0_8 = fma(x15, x7, r0_8);
    r0_9 = fma(x15, x8, r0_9);
    r0_10 = fma(x15, x9, r0_10);
    r0_11 = fma(x15, x10, r0_11);
    r0_12 = fma(x15, x11, r0_12);
    r0_13 = fma(x15, x12, r0_13);
    r0_14 = fma(x15, x13, r0_14);
    r0_15 = fma(x15, x14, r0_15);
    let x16 = in0[(at2 + 64)];
    r0_16 = fma(x16, x7, r0_16);
    r0_17 = fma(x16, x8, r0_17);
    r0_18 = fma(x16, x9, r0_18);
    r0_19 = fma(x16, x10, r0_19);
    r0_20 = fma(x16, x11, r0_20);
    r0_21 = fma(x16, x12, r0_21);
    r0_22 = fma(x16, x13, r0_22);
    r0_23 = fma(x16, x14, r0_23);
    let x17 = in0[(at2 + 96)];
    r0_24 = fma(x17, x7, r0_24);
    r0_25 = fma(x17, x8, r0_25);
    r0_26 = fma(x17, x9, r0_26);
    r0_27 = fma(x17, x10, r0_27);
    r0_28 = fma(x17, x11, r0_28);
    r0_29 = fma(x17, x12, r0_29);
    r0_30 = fma(x17, x13, r0_30);
    r0_31 = fma(x17, x14, r0_31);
    let x18 = in0[(at2 + 128)];
    r0_32 = fma(x18, x7, r0_32);
    r0_33 = fma(x18, x8, r0_33);
    r0_34 = fma(x18, x9, r0_34);
    r0_35 = fma(x18, x10, r0_35);
    r0_36 = fma(x18, x11, r0_36);
    r0_37 = fma(x18, x12, r0_37);
    r0_38 = fma(x18, x13, r0_38);
    r0_39 = fma(x18, x14, r0_39);
    let x19 = in0[(at2 + 160)];
    r0_40 = fma(x19, x7, r0_40);
    r0_41 = fma(x19, x8, r0_41);
    r0_42 = fma(x19, x9, r0_42);
    r0_43 = fma(x19, x10, r0_43);
    r0_44 = fma(x19, x11, r0_44);
    r0_45 = fma(x19, x12, r0_45);
    r0_46 = fma(x19, x13, r0_46);
    r0_47 = fma(x19, x14, r0_47);
    let x20 = in0[(at2 + 192)];
    r0_48 = fma(x20, x7, r0_48);
    r0_49 = fma(x20, x8, r0_49);
    r0_50 = fma(x20, x9, r0_50);
    r0_51 = fma(x20, x10, r0_51);
    r0_52 = fma(x20, x11, r0_52);
    r0_53 = fma(x20, x12, r0_53);
    r0_54 = fma(x20, x13, r0_54);
    r0_55 = fma(x20, x14, r0_55);
    let x21 = in0[(at2 + 224)];
    r0_56 = fma(x21, x7, r0_56);
    r0_57 = fma(x21, x8, r0_57);
    r0_58 = fma(x21, x9, r0_58);
    r0_59 = fma(x21, x10, r0_59);
    r0_60 = fma(x21, x11, r0_60);
    r0_61 = fma(x21, x12, r0_61);
    r0_62 = fma(x21, x13, r0_62);
    r0_63 = fma(x21, x14, r0_63);
    let x22 = in0[(at2 + 1)];
    let x23 = in1[(at6 + 64)];
    r0_0 = fma(x22, x23, r0_0);
    let x24 = in1[(at6 + 65)];
    r0_1 = fma(x22, x24, r0_1);
    let x25 = in1[(at6 + 66)];
    r0_2 = fma(x22, x25, r0_2);
    let x26 = in1[(at6 + 67)];
    r0_3 = fma(x22, x26, r0_3);
    let x27 = in1[(at6 + 68)];
    r0_4 = fma(x22, x27, r0_4);
    let x28 = in1[(at6 + 69)];
    r0_5 = fma(x22, x28, r0_5);
    let x29 = in1[(at6 + 70)];
    r0_6 = fma(x22, x29, r0_6);
    let x30 = in1[(at6 + 71)];
    r0_7 = fma(x22, x30, r0_7);
    let x31 = in0[(at2 + 33)];
    r0_8 = fma(x31, x23, r0_8);
    r0_9 = fma(x31, x24, r0_9);
    r0_10 = fma(x31, x25, r0_10);
    r0_11 = fma(x31, x26, r0_11);
    r0_12 = fma(x31, x27, r0_12);
    r0_13 = fma(x31, x28, r0_13);
    r0_14 = fma(x31, x29, r0_14);
    r0_15 = fma(x31, x30, r0_15);
    let x32 = in0[(at2 + 65)];
    r0_16 = fma(x32, x23, r0_16);
    r0_17 = fma(x32, x24, r0_17);
    r0_18 = fma(x32, x25, r0_18);
    r0_19 = fma(x32, x26, r0_19);
    r0_20 = fma(x32, x27, r0_20);
    r0_21 = fma(x32, x28, r0_21);
    r0_22 = fma(x32, x29, r0_22);
    r0_23 = fma(x32, x30, r0_23);
    let x33 = in0[(at2 + 97)];
    r0_24 = fma(x33, x23, r0_24);
    r0_25 = fma(x33, x24, r0_25);
    r0_26 = fma(x33, x25, r0_26);
    r0_27 = fma(x33, x26, r0_27);
    r0_28 = fma(x33, x27, r0_28);
    r0_29 = fma(x33, x28, r0_29);
    r0_30 = fma(x33, x29, r0_30);
    r0_31 = fma(x33, x30, r0_31);
    let x34 = in0[(at2 + 129)];
    r0_32 = fma(x34, x23, r0_32);
    r0_33 = fma(x34, x24, r0_33);
    r0_34 = fma(x34, x25, r0_34);
    r0_35 = fma(x34, x26, r0_35);
    r0_36 = fma(x34, x27, r0_36);
    r0_37 = fma(x34, x28, r0_37);
    r0_38 = fma(x34, x29, r0_38);
    r0_39 = fma(x34, x30, r0_39);
    let x35 = in0[(at2 + 161)];
    r0_40 = fma(x35, x23, r0_40);
    r0_41 = fma(x35, x24, r0_41);
    r0_42 = fma(x35, x25, r0_42);
    r0_43 = fma(x35, x26, r0_43);
    r0_44 = fma(x35, x27, r0_44);
    r0_45 = fma(x35, x28, r0_45);
    r0_46 = fma(x35, x29, r0_46);
    r0_47 = fma(x35, x30, r0_47);
    let x36 = in0[(at2 + 193)];
    r0_48 = fma(x36, x23, r0_48);
    r0_49 = fma(x36, x24, r0_49);
    r0_50 = fma(x36, x25, r0_50);
    r0_51 = fma(x36, x26, r0_51);
    r0_52 = fma(x36, x27, r0_52);
    r0_53 = fma(x36, x28, r0_53);
    r0_54 = fma(x36, x29, r0_54);
    r0_55 = fma(x36, x30, r0_55);
    let x37 = in0[(at2 + 225)];
    r0_56 = fma(x37, x23, r0_56);
    r0_57 = fma(x37, x24, r0_57);
    r0_58 = fma(x37, x25, r0_58);
    r0_59 = fma(x37, x26, r0_59);
    r0_60 = fma(x37, x27, r0_60);
    r0_61 = fma(x37, x28, r0_61);
    r0_62 = fma(x37, x29, r0_62);
    r0_63 = fma(x37, x30, r0_63);
    let x38 = in0[(at2 + 2)];
    let x39 = in1[(at6 + 128)];
    r0_0 = fma(x38, x39, r0_0);
    let x40 = in1[(at6 + 129)];
    r0_1 = fma(x38, x40, r0_1);
    let x41 = in1[(at6 + 130)];
    r0_2 = fma(x38, x41, r0_2);
    let x42 = in1[(at6 + 131)];
    r0_3 = fma(x38, x42, r0_3);
    let x43 = in1[(at6 + 132)];
    r0_4 = fma(x38, x43, r0_4);
    let x44 = in1[(at6 + 133)];
    r0_5 = fma(x38, x44, r0_5);
    let x45 = in1[(at6 + 134)];
    r0_6 = fma(x38, x45, r0_6);
    let x46 = in1[(at6 + 135)];
    r0_7 = fma(x38, x46, r0_7);
    let x47 = in0[(at2 + 34)];
    r0_8 = fma(x47, x39, r0_8);
    r0_9 = fma(x47, x40, r0_9);
    r0_10 = fma(x47, x41, r0_10);
    r0_11 = fma(x47, x42, r0_11);
    r0_12 = fma(x47, x43, r0_12);
    r0_13 = fma(x47, x44, r0_13);
    r0_14 = fma(x47, x45, r0_14);
    r0_15 = fma(x47, x46, r0_15);
    let x48 = in0[(at2 + 66)];
    r0_16 = fma(x48, x39, r0_16);
    r0_17 = fma(x48, x40, r0_17);
    r0_18 = fma(x48, x41, r0_18);
    r0_19 = fma(x48, x42, r0_19);
    r0_20 = fma(x48, x43, r0_20);
    r0_21 = fma(x48, x44, r0_21);
    r0_22 = fma(x48, x45, r0_22);
    r0_23 = fma(x48, x46, r0_23);
    let x49 = in0[(at2 + 98)];
    r0_24 = fma(x49, x39, r0_24);
    r0_25 = fma(x49, x40, r0_25);
    r0_26 = fma(x49, x41, r0_26);
    r0_27 = fma(x49, x42, r0_27);
    r0_28 = fma(x49, x43, r0_28);
    r0_29 = fma(x49, x44, r0_29);
    r0_30 = fma(x49, x45, r0_30);
    r0_31 = fma(x49, x46, r0_31);
    let x50 = in0[(at2 + 130)];
    r0_32 = fma(x50, x39, r0_32);
    r0_33 = fma(x50, x40, r0_33);
    r0_34 = fma(x50, x41, r0_34);
    r0_35 = fma(x50, x42, r0_35);
    r0_36 = fma(x50, x43, r0_36);
    r0_37 = fma(x50, x44, r0_37);
    r0_38 = fma(x50, x45, r0_38);
    r0_39 = fma(x50, x46, r0_39);
    let x51 = in0[(at2 + 162)];
    r0_40 = fma(x51, x39, r0_40);
    r0_41 = fma(x51, x40, r0_41);
    r0_42 = fma(x51, x41, r0_42);
    r0_43 = fma(x51, x42, r0_43);
    r0_44 = fma(x51, x43, r0_44);
    r0_45 = fma(x51, x44, r0_45);
    r0_46 = fma(x51, x45, r0_46);
    r0_47 = fma(x51, x46, r0_47);
    let x52 = in0[(at2 + 194)];
    r0_48 = fma(x52, x39, r0_48);
    r0_49 = fma(x52, x40, r0_49);
    r0_50 = fma(x52, x41, r0_50);
    r0_51 = fma(x52, x42, r0_51);
    r0_52 = fma(x52, x43, r0_52);
    r0_53 = fma(x52, x44, r0_53);
    r0_54 = fma(x52, x45, r0_54);
    r0_55 = fma(x52, x46, r0_55);
    let x53 = in0[(at2 + 226)];
    r0_56 = fma(x53, x39, r0_56);
    r0_57 = fma(x53, x40, r0_57);
    r0_58 = fma(x53, x41, r0_58);
    r0_59 = fma(x53, x42, r0_59);
    r0_60 = fma(x53, x43, r0_60);
    r0_61 = fma(x53, x44, r0_61);
    r0_62 = fma(x53, x45, r0_62);
    r0_63 = fma(x53, x46, r0_63);
    let x54 = in0[(at2 + 3)];
    let x55 = in1[(at6 + 192)];
    r0_0 = fma(x54, x55, r0_0);
    let x56 = in1[(at6 + 193)];
    r0_1 = fma(x54, x56, r0_1);
    let x57 = in1[(at6 + 194)];
    r0_2 = fma(x54, x57, r0_2);
    let x58 = in1[(at6 + 195)];
    r0_3 = fma(x54, x58, r0_3);
    let x59 = in1[(at6 + 196)];
    r0_4 = fma(x54, x59, r0_4);
    let x60 = in1[(at6 + 197)];
    r0_5 = fma(x54, x60, r0_5);
    let x61 = in1[(at6 + 198)];
    r0_6 = fma(x54, x61, r0_6);
    let x62 = in1[(at6 + 199)];
    r0_7 = fma(x54, x62, r0_7);
    let x63 = in0[(at2 + 35)];
    r0_8 = fma(x63, x55, r0_8);
    r0_9 = fma(x63, x56, r0_9);
    r0_10 = fma(x63, x57, r0_10);
    r0_11 = fma(x63, x58, r0_11);
    r0_12 = fma(x63, x59, r0_12);
    r0_13 = fma(x63, x60, r0_13);
    r0_14 = fma(x63, x61, r0_14);
    r0_15 = fma(x63, x62, r0_15);
    let x64 = in0[(at2 + 67)];
    r0_16 = fma(x64, x55, r0_16);
    r0_17 = fma(x64, x56, r0_17);
    r0_18 = fma(x64, x57, r0_18);
    r0_19 = fma(x64, x58, r0_19);
    r0_20 = fma(x64, x59, r0_20);
    r0_21 = fma(x64, x60, r0_21);
    r0_22 = fma(x64, x61, r0_22);
    r0_23 = fma(x64, x62, r0_23);
    let x65 = in0[(at2 + 99)];
    r0_24 = fma(x65, x55, r0_24);
    r0_25 = fma(x65, x56, r0_25);
    r0_26 = fma(x65, x57, r0_26);
    r0_27 = fma(x65, x58, r0_27);
    r0_28 = fma(x65, x59, r0_28);
    r0_29 = fma(x65, x60, r0_29);
    r0_30 = fma(x65, x61, r0_30);
    r0_31 = fma(x65, x62, r0_31);
    let x66 = in0[(at2 + 131)];
    r0_32 = fma(x66, x55, r0_32);
    r0_33 = fma(x66, x56, r0_33);
    r0_34 = fma(x66, x57, r0_34);
    r0_35 = fma(x66, x58, r0_35);
    r0_36 = fma(x66, x59, r0_36);
    r0_37 = fma(x66, x60, r0_37);
    r0_38 = fma(x66, x61, r0_38);
    r0_39 = fma(x66, x62, r0_39);
    let x67 = in0[(at2 + 163)];
    r0_40 = fma(x67, x55, r0_40);
    r0_41 = fma(x67, x56, r0_41);
    r0_42 = fma(x67, x57, r0_42);
    r0_43 = fma(x67, x58, r0_43);
    r0_44 = fma(x67, x59, r0_44);
    r0_45 = fma(x67, x60, r0_45);
    r0_46 = fma(x67, x61, r0_46);
    r0_47 = fma(x67, x62, r0_47);
    let x68 = in0[(at2 + 195)];
    r0_48 = fma(x68, x55, r0_48);
    r0_49 = fma(x68, x56, r0_49);
    r0_50 = fma(x68, x57, r0_50);
    r0_51 = fma(x68, x58, r0_51);
    r0_52 = fma(x68, x59, r0_52);
    r0_53 = fma(x68, x60, r0_53);
    r0_54 = fma(x68, x61, r0_54);
    r0_55 = fma(x68, x62, r0_55);
    let x69 = in0[(at2 + 227)];
    r0_56 = fma(x69, x55, r0_56);
    r0_57 = fma(x69, x56, r0_57);
    r0_58 = fma(x69, x57, r0_58);
    r0_59 = fma(x69, x58, r0_59);
    r0_60 = fma(x69, x59, r0_60);
    r0_61 = fma(x69, x60, r0_61);
    r0_62 = fma(x69, x61, r0_62);
    r0_63 = fma(x69, x62, r0_63);
  }
  let at70 = ((at0 * 512) + at5);
  out2[at70] = r0_0;
  out2[(at70 + 1)] = r0_1;
  out2[(at70 + 2)] = r0_2;
  out2[(at70 + 3)] = r0_3;
  out2[(at70 + 4)] = r0_4;
  out2[(at70 + 5)] = r0_5;
  out2[(at70 + 6)] = r0_6;
  out2[(at70 + 7)] = r0_7;
  out2[(at70 + 64)] = r0_8;
  out2[(at70 + 65)] = r0_9;
  out2[(at70 + 66)] = r0_10;
  out2[(at70 + 67)] = r0_11;
  out2[(at70 + 68)] = r0_12;
  out2[(at70 + 69)] = r0_13;
  out2[(at70 + 70)] = r0_14;
  out2[(at70 + 71)] = r0_15;
  out2[(at70 + 128)] = r0_16;
  out2[(at70 + 129)] = r0_17;
  out2[(at70 + 130)] = r0_18;
  out2[(at70 + 131)] = r0_19;
  out2[(at70 + 132)] = r0_20;
  out2[(at70 + 133)] = r0_21;
  out2[(at70 + 134)] = r0_22;
  out2[(at70 + 135)] = r0_23;
  out2[(at70 + 192)] = r0_24;
  out2[(at70 + 193)] = r0_25;
  out2[(at70 + 194)] = r0_26;
  out2[(at70 + 195)] = r0_27;
  out2[(at70 + 196)] = r0_28;
  out2[(at70 + 197)] = r0_29;
  out2[(at70 + 198)] = r0_30;
  out2[(at70 + 199)] = r0_31;
  out2[(at70 + 256)] = r0_32;
  out2[(at70 + 257)] = r0_33;
  out2[(at70 + 258)] = r0_34;
  out2[(at70 + 259)] = r0_35;
  out2[(at70 + 260)] = r0_36;
  out2[(at70 + 261)] = r0_37;
  out2[(at70 + 262)] = r0_38;
  out2[(at70 + 263)] = r0_39;
  out2[(at70 + 320)] = r0_40;
  out2[(at70 + 321)] = r0_41;
  out2[(at70 + 322)] = r0_42;
  out2[(at70 + 323)] = r0_43;
  out2[(at70 + 324)] = r0_44;
  out2[(at70 + 325)] = r0_45;
  out2[(at70 + 326)] = r0_46;
  out2[(at70 + 327)] = r0_47;
  out2[(at70 + 384)] = r0_48;
  out2[(at70 + 385)] = r0_49;
  out2[(at70 + 386)] = r0_50;
  out2[(at70 + 387)] = r0_51;
  out2[(at70 + 388)] = r0_52;
  out2[(at70 + 389)] = r0_53;
  out2[(at70 + 390)] = r0_54;
  out2[(at70 + 391)] = r0_55;
  out2[(at70 + 448)] = r0_56;
  out2[(at70 + 449)] = r0_57;
  out2[(at70 + 450)] = r0_58;
  out2[(at70 + 451)] = r0_59;
  out2[(at70 + 452)] = r0_60;
  out2[(at70 + 453)] = r0_61;
  out2[(at70 + 454)] = r0_62;
  out2[(at70 + 455)] = r0_63;
}

// a padded convolution
// kernel conv
@group(0) @binding(0) var<storage, read> in0: array<f32>;
@group(0) @binding(1) var<storage, read> in1: array<f32>;
@group(0) @binding(2) var<storage, read_write> out2: array<f32>;
@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 8u + lane);
  var r0_0 = 0.0f;
  var r0_1 = 0.0f;
  var r0_2 = 0.0f;
  var r0_3 = 0.0f;
  let at0 = ((t / 4) % 8);
  let v1 = (-1 < (at0 + -1));
  let at2 = ((t % 4) * 2);
  let v3 = (-1 < (at2 + -1));
  let v4 = (v1 && v3);
  let at5 = (((at0 * 8) + at2) + ((t / 64) * 128));
  let v6 = select(0.0f, in0[select(0, (at5 + -9), v4)], v4);
  let at7 = (((t / 32) % 2) * 36);
  let x8 = in1[at7];
  r0_0 = fma(v6, x8, r0_0);
  let v9 = select(0.0f, in0[select(0, (at5 + -8), v1)], v1);
  r0_1 = fma(v9, x8, r0_1);
  let x10 = in1[(at7 + 18)];
  r0_2 = fma(v6, x10, r0_2);
  r0_3 = fma(v9, x10, r0_3);
  let x11 = in1[(at7 + 1)];
  r0_0 = fma(v9, x11, r0_0);
  let v12 = select(0.0f, in0[select(0, (at5 + -7), v1)], v1);
  r0_1 = fma(v12, x11, r0_1);
  let x13 = in1[(at7 + 19)];
  r0_2 = fma(v9, x13, r0_2);
  r0_3 = fma(v12, x13, r0_3);
  let x14 = in1[(at7 + 2)];
  r0_0 = fma(v12, x14, r0_0);
  let v15 = ((at2 + 2) < 8);
  let v16 = (v1 && v15);
  let v17 = select(0.0f, in0[select(0, (at5 + -6), v16)], v16);
  r0_1 = fma(v17, x14, r0_1);
  let x18 = in1[(at7 + 20)];
  r0_2 = fma(v12, x18, r0_2);
  r0_3 = fma(v17, x18, r0_3);
  let v19 = select(0.0f, in0[select(0, (at5 + -1), v3)], v3);
  let x20 = in1[(at7 + 3)];
  r0_0 = fma(v19, x20, r0_0);
  let x21 = in0[at5];
  r0_1 = fma(x21, x20, r0_1);
  let x22 = in1[(at7 + 21)];
  r0_2 = fma(v19, x22, r0_2);
  r0_3 = fma(x21, x22, r0_3);
  let x23 = in1[(at7 + 4)];
  r0_0 = fma(x21, x23, r0_0);
  let x24 = in0[(at5 + 1)];
  r0_1 = fma(x24, x23, r0_1);
  let x25 = in1[(at7 + 22)];
  r0_2 = fma(x21, x25, r0_2);
  r0_3 = fma(x24, x25, r0_3);
  let x26 = in1[(at7 + 5)];
  r0_0 = fma(x24, x26, r0_0);
  let v27 = select(0.0f, in0[select(0, (at5 + 2), v15)], v15);
  r0_1 = fma(v27, x26, r0_1);
  let x28 = in1[(at7 + 23)];
  r0_2 = fma(x24, x28, r0_2);
  r0_3 = fma(v27, x28, r0_3);
  let v29 = ((at0 + 1) < 8);
  let v30 = (v29 && v3);
  let v31 = select(0.0f, in0[select(0, (at5 + 7), v30)], v30);
  let x32 = in1[(at7 + 6)];
  r0_0 = fma(v31, x32, r0_0);
  let v33 = select(0.0f, in0[select(0, (at5 + 8), v29)], v29);
  r0_1 = fma(v33, x32, r0_1);
  let x34 = in1[(at7 + 24)];
  r0_2 = fma(v31, x34, r0_2);
  r0_3 = fma(v33, x34, r0_3);
  let x35 = in1[(at7 + 7)];
  r0_0 = fma(v33, x35, r0_0);
  let v36 = select(0.0f, in0[select(0, (at5 + 9), v29)], v29);
  r0_1 = fma(v36, x35, r0_1);
  let x37 = in1[(at7 + 25)];
  r0_2 = fma(v33, x37, r0_2);
  r0_3 = fma(v36, x37, r0_3);
  let x38 = in1[(at7 + 8)];
  r0_0 = fma(v36, x38, r0_0);
  let v39 = (v29 && v15);
  let v40 = select(0.0f, in0[select(0, (at5 + 10), v39)], v39);
  r0_1 = fma(v40, x38, r0_1);
  let x41 = in1[(at7 + 26)];
  r0_2 = fma(v36, x41, r0_2);
  r0_3 = fma(v40, x41, r0_3);
  let v42 = select(0.0f, in0[select(0, (at5 + 55), v4)], v4);
  let x43 = in1[(at7 + 9)];
  r0_0 = fma(v42, x43, r0_0);
  let v44 = select(0.0f, in0[select(0, (at5 + 56), v1)], v1);
  r0_1 = fma(v44, x43, r0_1);
  let x45 = in1[(at7 + 27)];
  r0_2 = fma(v42, x45, r0_2);
  r0_3 = fma(v44, x45, r0_3);
  let x46 = in1[(at7 + 10)];
  r0_0 = fma(v44, x46, r0_0);
  let v47 = select(0.0f, in0[select(0, (at5 + 57), v1)], v1);
  r0_1 = fma(v47, x46, r0_1);
  let x48 = in1[(at7 + 28)];
  r0_2 = fma(v44, x48, r0_2);
  r0_3 = fma(v47, x48, r0_3);
  let x49 = in1[(at7 + 11)];
  r0_0 = fma(v47, x49, r0_0);
  let v50 = select(0.0f, in0[select(0, (at5 + 58), v16)], v16);
  r0_1 = fma(v50, x49, r0_1);
  let x51 = in1[(at7 + 29)];
  r0_2 = fma(v47, x51, r0_2);
  r0_3 = fma(v50, x51, r0_3);
  let v52 = select(0.0f, in0[select(0, (at5 + 63), v3)], v3);
  let x53 = in1[(at7 + 12)];
  r0_0 = fma(v52, x53, r0_0);
  let x54 = in0[(at5 + 64)];
  r0_1 = fma(x54, x53, r0_1);
  let x55 = in1[(at7 + 30)];
  r0_2 = fma(v52, x55, r0_2);
  r0_3 = fma(x54, x55, r0_3);
  let x56 = in1[(at7 + 13)];
  r0_0 = fma(x54, x56, r0_0);
  let x57 = in0[(at5 + 65)];
  r0_1 = fma(x57, x56, r0_1);
  let x58 = in1[(at7 + 31)];
  r0_2 = fma(x54, x58, r0_2);
  r0_3 = fma(x57, x58, r0_3);
  let x59 = in1[(at7 + 14)];
  r0_0 = fma(x57, x59, r0_0);
  let v60 = select(0.0f, in0[select(0, (at5 + 66), v15)], v15);
  r0_1 = fma(v60, x59, r0_1);
  let x61 = in1[(at7 + 32)];
  r0_2 = fma(x57, x61, r0_2);
  r0_3 = fma(v60, x61, r0_3);
  let v62 = select(0.0f, in0[select(0, (at5 + 71), v30)], v30);
  let x63 = in1[(at7 + 15)];
  r0_0 = fma(v62, x63, r0_0);
  let v64 = select(0.0f, in0[select(0, (at5 + 72), v29)], v29);
  r0_1 = fma(v64, x63, r0_1);
  let x65 = in1[(at7 + 33)];
  r0_2 = fma(v62, x65, r0_2);
  r0_3 = fma(v64, x65, r0_3);
  let x66 = in1[(at7 + 16)];
  r0_0 = fma(v64, x66, r0_0);
  let v67 = select(0.0f, in0[select(0, (at5 + 73), v29)], v29);
  r0_1 = fma(v67, x66, r0_1);
  let x68 = in1[(at7 + 34)];
  r0_2 = fma(v64, x68, r0_2);
  r0_3 = fma(v67, x68, r0_3);
  let x69 = in1[(at7 + 17)];
  r0_0 = fma(v67, x69, r0_0);
  let v70 = select(0.0f, in0[select(0, (at5 + 74), v39)], v39);
  r0_1 = fma(v70, x69, r0_1);
  let x71 = in1[(at7 + 35)];
  r0_2 = fma(v67, x71, r0_2);
  r0_3 = fma(v70, x71, r0_3);
  let at72 = (((at0 * 8) + at2) + ((t / 32) * 128));
  out2[at72] = r0_0;
  out2[(at72 + 1)] = r0_1;
  out2[(at72 + 64)] = r0_2;
  out2[(at72 + 65)] = r0_3;
}

// a row per workgroup
// kernel max_sum_log_exp
@group(0) @binding(0) var<storage, read> in0: array<f32>;
@group(0) @binding(1) var<storage, read_write> out1: array<f32>;
var<workgroup> r0_all: array<f32, 64>;
var<workgroup> r1_all: array<f32, 64>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = i32(group.x);
  var r0_own = -3.4028234663852886e+38f;
  let at0 = (row * 300);
  for (var k = i32(lane); k < 300; k += 64) {
    r0_own = max(r0_own, in0[(at0 + k)]);
  }
  r0_all[lane] = r0_own;
  workgroupBarrier();
  if (lane < 32u) { r0_all[lane] = max(r0_all[lane], r0_all[lane + 32u]); }
  workgroupBarrier();
  if (lane < 16u) { r0_all[lane] = max(r0_all[lane], r0_all[lane + 16u]); }
  workgroupBarrier();
  if (lane < 8u) { r0_all[lane] = max(r0_all[lane], r0_all[lane + 8u]); }
  workgroupBarrier();
  if (lane < 4u) { r0_all[lane] = max(r0_all[lane], r0_all[lane + 4u]); }
  workgroupBarrier();
  if (lane < 2u) { r0_all[lane] = max(r0_all[lane], r0_all[lane + 2u]); }
  workgroupBarrier();
  if (lane < 1u) { r0_all[lane] = max(r0_all[lane], r0_all[lane + 1u]); }
  workgroupBarrier();
  let r0 = r0_all[0];
  var r1_own = 0.0f;
  for (var k = i32(lane); k < 300; k += 64) {
    r1_own = r1_own + exp((in0[(at0 + k)] - r0));
  }
  r1_all[lane] = r1_own;
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
  let v2 = log(r1);
  for (var k = i32(lane); k < 300; k += 64) {
    let at1 = (at0 + k);
    out1[at1] = exp(((in0[at1] - r0) - v2));
  }
}

// a long sum in two kernels
// kernel sum_part
@group(0) @binding(0) var<storage, read> in0: array<f32>;
@group(0) @binding(1) var<storage, read_write> out1: array<f32>;
var<workgroup> r0_all: array<f32, 16>;
@compute @workgroup_size(16)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let row = i32(group.x);
  var r0_own = 0.0f;
  let at0 = (row * 32768);
  for (var k = i32(lane); k < 32768; k += 64) {
    let at1 = (at0 + k);
    r0_own = r0_own + in0[at1];
    r0_own = r0_own + in0[(at1 + 16)];
    r0_own = r0_own + in0[(at1 + 32)];
    r0_own = r0_own + in0[(at1 + 48)];
  }
  r0_all[lane] = r0_own;
  workgroupBarrier();
  if (lane < 8u) { r0_all[lane] = r0_all[lane] + r0_all[lane + 8u]; }
  workgroupBarrier();
  if (lane < 4u) { r0_all[lane] = r0_all[lane] + r0_all[lane + 4u]; }
  workgroupBarrier();
  if (lane < 2u) { r0_all[lane] = r0_all[lane] + r0_all[lane + 2u]; }
  workgroupBarrier();
  if (lane < 1u) { r0_all[lane] = r0_all[lane] + r0_all[lane + 1u]; }
  workgroupBarrier();
  let r0 = r0_all[0];
  if (lane == 0u) { out1[row] = r0; }
}

// kernel sum
@group(0) @binding(0) var<storage, read> in0: array<f32>;
@group(0) @binding(1) var<storage, read_write> out1: array<f32>;
@compute @workgroup_size(4)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 4u + lane);
  if (t >= 1) { return; }
  var r0 = 0.0f;
  r0 = r0 + in0[0];
  r0 = r0 + in0[1];
  out1[0] = r0;
}
