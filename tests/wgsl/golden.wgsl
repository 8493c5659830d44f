// four elements per invocation
// kernel relu
@group(0) @binding(0) var<storage, read> in0: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read_write> out1: array<f32>;
@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
  let t = i32(group.x * 64u + lane);
  let x0 = in0[t];
  let v1 = max(((x0.x * 2.0f) + 1.0f), 0.0);
  let at2 = (t * 4);
  let v3 = max(((x0.y * 2.0f) + 1.0f), 0.0);
  let v4 = max(((x0.z * 2.0f) + 1.0f), 0.0);
  let v5 = max(((x0.w * 2.0f) + 1.0f), 0.0);
  out1[at2] = v1;
  out1[(at2 + 1)] = v3;
  out1[(at2 + 2)] = v4;
  out1[(at2 + 3)] = v5;
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
@group(0) @binding(0) var<storage, read> in0: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> in1: array<vec4<f32>>;
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
  let at1 = (at0 * 64);
  let at5 = (t % 8);
  let at6 = (at5 * 2);
  for (var k0 = 0; k0 < 8; k0++) {
    let at2 = (at1 + k0);
    let x3 = in0[at2];
    let v4 = x3.x;
    let at7 = (at6 + (k0 * 64));
    let x8 = in1[at7];
    let v9 = x8.x;
    r0_0 = fma(v4, v9, r0_0);
    let v10 = x8.y;
    r0_1 = fma(v4, v10, r0_1);
    let v11 = x8.z;
    r0_2 = fma(v4, v11, r0_2);
    let v12 = x8.w;
    r0_3 = fma(v4, v12, r0_3);
    let x13 = in1[(at7 + 1)];
    let v14 = x13.x;
    r0_4 = fma(v4, v14, r0_4);
    let v15 = x13.y;
    r0_5 = fma(v4, v15, r0_5);
    let v16 = x13.z;
    r0_6 = fma(v4, v16, r0_6);
    let v17 = x13.w;
    r0_7 = fma(v4, v17, r0_7);
    let x18 = in0[(at2 + 8)];
    let v19 = x18.x;
    r0_8 = fma(v19, v9, r0_8);
    r0_9 = fma(v19, v10, r0_9);
    r0_10 = fma(v19, v11, r0_10);
    r0_11 = fma(v19, v12, r0_11);
    r0_12 = fma(v19, v14, r0_12);
    r0_13 = fma(v19, v15, r0_13);
    r0_14 = fma(v19, v16, r0_14);
    r0_15 = fma(v19, v17, r0_15);
    let x20 = in0[(at2 + 16)];
    let v21 = x20.x;
    r0_16 = fma(v21, v9, r0_16);
    r0_17 = fma(v21, v10, r0_17);
    r0_18 = fma(v21, v11, r0_18);
    r0_19 = fma(v21, v12, r0_19);
    r0_20 = fma(v21, v14, r0_20);
    r0_21 = fma(v21, v15, r0_21);
    r0_22 = fma(v21, v16, r0_22);
    r0_23 = fma(v21, v17, r0_23);
    let x22 = in0[(at2 + 24)];
    let v23 = x22.x;
    r0_24 = fma(v23, v9, r0_24);
    r0_25 = fma(v23, v10, r0_25);
    r0_26 = fma(v23, v11, r0_26);
    r0_27 = fma(v23, v12, r0_27);
    r0_28 = fma(v23, v14, r0_28);
    r0_29 = fma(v23, v15, r0_29);
    r0_30 = fma(v23, v16, r0_30);
    r0_31 = fma(v23, v17, r0_31);
    let x24 = in0[(at2 + 32)];
    let v25 = x24.x;
    r0_32 = fma(v25, v9, r0_32);
    r0_33 = fma(v25, v10, r0_33);
    r0_34 = fma(v25, v11, r0_34);
    r0_35 = fma(v25, v12, r0_35);
    r0_36 = fma(v25, v14, r0_36);
    r0_37 = fma(v25, v15, r0_37);
    r0_38 = fma(v25, v16, r0_38);
    r0_39 = fma(v25, v17, r0_39);
    let x26 = in0[(at2 + 40)];
    let v27 = x26.x;
    r0_40 = fma(v27, v9, r0_40);
    r0_41 = fma(v27, v10, r0_41);
    r0_42 = fma(v27, v11, r0_42);
    r0_43 = fma(v27, v12, r0_43);
    r0_44 = fma(v27, v14, r0_44);
    r0_45 = fma(v27, v15, r0_45);
    r0_46 = fma(v27, v16, r0_46);
    r0_47 = fma(v27, v17, r0_47);
    let x28 = in0[(at2 + 48)];
    let v29 = x28.x;
    r0_48 = fma(v29, v9, r0_48);
    r0_49 = fma(v29, v10, r0_49);
    r0_50 = fma(v29, v11, r0_50);
    r0_51 = fma(v29, v12, r0_51);
    r0_52 = fma(v29, v14, r0_52);
    r0_53 = fma(v29, v15, r0_53);
    r0_54 = fma(v29, v16, r0_54);
    r0_55 = fma(v29, v17, r0_55);
    let x30 = in0[(at2 + 56)];
    let v31 = x30.x;
    r0_56 = fma(v31, v9, r0_56);
    r0_57 = fma(v31, v10, r0_57);
    r0_58 = fma(v31, v11, r0_58);
    r0_59 = fma(v31, v12, r0_59);
    r0_60 = fma(v31, v14, r0_60);
    r0_61 = fma(v31, v15, r0_61);
    r0_62 = fma(v31, v16, r0_62);
    r0_63 = fma(v31, v17, r0_63);
    let v32 = x3.y;
    let x33 = in1[(at7 + 16)];
    let v34 = x33.x;
    r0_0 = fma(v32, v34, r0_0);
    let v35 = x33.y;
    r0_1 = fma(v32, v35, r0_1);
    let v36 = x33.z;
    r0_2 = fma(v32, v36, r0_2);
    let v37 = x33.w;
    r0_3 = fma(v32, v37, r0_3);
    let x38 = in1[(at7 + 17)];
    let v39 = x38.x;
    r0_4 = fma(v32, v39, r0_4);
    let v40 = x38.y;
    r0_5 = fma(v32, v40, r0_5);
    let v41 = x38.z;
    r0_6 = fma(v32, v41, r0_6);
    let v42 = x38.w;
    r0_7 = fma(v32, v42, r0_7);
    let v43 = x18.y;
    r0_8 = fma(v43, v34, r0_8);
    r0_9 = fma(v43, v35, r0_9);
    r0_10 = fma(v43, v36, r0_10);
    r0_11 = fma(v43, v37, r0_11);
    r0_12 = fma(v43, v39, r0_12);
    r0_13 = fma(v43, v40, r0_13);
    r0_14 = fma(v43, v41, r0_14);
    r0_15 = fma(v43, v42, r0_15);
    let v44 = x20.y;
    r0_16 = fma(v44, v34, r0_16);
    r0_17 = fma(v44, v35, r0_17);
    r0_18 = fma(v44, v36, r0_18);
    r0_19 = fma(v44, v37, r0_19);
    r0_20 = fma(v44, v39, r0_20);
    r0_21 = fma(v44, v40, r0_21);
    r0_22 = fma(v44, v41, r0_22);
    r0_23 = fma(v44, v42, r0_23);
    let v45 = x22.y;
    r0_24 = fma(v45, v34, r0_24);
    r0_25 = fma(v45, v35, r0_25);
    r0_26 = fma(v45, v36, r0_26);
    r0_27 = fma(v45, v37, r0_27);
    r0_28 = fma(v45, v39, r0_28);
    r0_29 = fma(v45, v40, r0_29);
    r0_30 = fma(v45, v41, r0_30);
    r0_31 = fma(v45, v42, r0_31);
    let v46 = x24.y;
    r0_32 = fma(v46, v34, r0_32);
    r0_33 = fma(v46, v35, r0_33);
    r0_34 = fma(v46, v36, r0_34);
    r0_35 = fma(v46, v37, r0_35);
    r0_36 = fma(v46, v39, r0_36);
    r0_37 = fma(v46, v40, r0_37);
    r0_38 = fma(v46, v41, r0_38);
    r0_39 = fma(v46, v42, r0_39);
    let v47 = x26.y;
    r0_40 = fma(v47, v34, r0_40);
    r0_41 = fma(v47, v35, r0_41);
    r0_42 = fma(v47, v36, r0_42);
    r0_43 = fma(v47, v37, r0_43);
    r0_44 = fma(v47, v39, r0_44);
    r0_45 = fma(v47, v40, r0_45);
    r0_46 = fma(v47, v41, r0_46);
    r0_47 = fma(v47, v42, r0_47);
    let v48 = x28.y;
    r0_48 = fma(v48, v34, r0_48);
    r0_49 = fma(v48, v35, r0_49);
    r0_50 = fma(v48, v36, r0_50);
    r0_51 = fma(v48, v37, r0_51);
    r0_52 = fma(v48, v39, r0_52);
    r0_53 = fma(v48, v40, r0_53);
    r0_54 = fma(v48, v41, r0_54);
    r0_55 = fma(v48, v42, r0_55);
    let v49 = x30.y;
    r0_56 = fma(v49, v34, r0_56);
    r0_57 = fma(v49, v35, r0_57);
    r0_58 = fma(v49, v36, r0_58);
    r0_59 = fma(v49, v37, r0_59);
    r0_60 = fma(v49, v39, r0_60);
    r0_61 = fma(v49, v40, r0_61);
    r0_62 = fma(v49, v41, r0_62);
    r0_63 = fma(v49, v42, r0_63);
    let v50 = x3.z;
    let x51 = in1[(at7 + 32)];
    let v52 = x51.x;
    r0_0 = fma(v50, v52, r0_0);
    let v53 = x51.y;
    r0_1 = fma(v50, v53, r0_1);
    let v54 = x51.z;
    r0_2 = fma(v50, v54, r0_2);
    let v55 = x51.w;
    r0_3 = fma(v50, v55, r0_3);
    let x56 = in1[(at7 + 33)];
    let v57 = x56.x;
    r0_4 = fma(v50, v57, r0_4);
    let v58 = x56.y;
    r0_5 = fma(v50, v58, r0_5);
    let v59 = x56.z;
    r0_6 = fma(v50, v59, r0_6);
    let v60 = x56.w;
    r0_7 = fma(v50, v60, r0_7);
    let v61 = x18.z;
    r0_8 = fma(v61, v52, r0_8);
    r0_9 = fma(v61, v53, r0_9);
    r0_10 = fma(v61, v54, r0_10);
    r0_11 = fma(v61, v55, r0_11);
    r0_12 = fma(v61, v57, r0_12);
    r0_13 = fma(v61, v58, r0_13);
    r0_14 = fma(v61, v59, r0_14);
    r0_15 = fma(v61, v60, r0_15);
    let v62 = x20.z;
    r0_16 = fma(v62, v52, r0_16);
    r0_17 = fma(v62, v53, r0_17);
    r0_18 = fma(v62, v54, r0_18);
    r0_19 = fma(v62, v55, r0_19);
    r0_20 = fma(v62, v57, r0_20);
    r0_21 = fma(v62, v58, r0_21);
    r0_22 = fma(v62, v59, r0_22);
    r0_23 = fma(v62, v60, r0_23);
    let v63 = x22.z;
    r0_24 = fma(v63, v52, r0_24);
    r0_25 = fma(v63, v53, r0_25);
    r0_26 = fma(v63, v54, r0_26);
    r0_27 = fma(v63, v55, r0_27);
    r0_28 = fma(v63, v57, r0_28);
    r0_29 = fma(v63, v58, r0_29);
    r0_30 = fma(v63, v59, r0_30);
    r0_31 = fma(v63, v60, r0_31);
    let v64 = x24.z;
    r0_32 = fma(v64, v52, r0_32);
    r0_33 = fma(v64, v53, r0_33);
    r0_34 = fma(v64, v54, r0_34);
    r0_35 = fma(v64, v55, r0_35);
    r0_36 = fma(v64, v57, r0_36);
    r0_37 = fma(v64, v58, r0_37);
    r0_38 = fma(v64, v59, r0_38);
    r0_39 = fma(v64, v60, r0_39);
    let v65 = x26.z;
    r0_40 = fma(v65, v52, r0_40);
    r0_41 = fma(v65, v53, r0_41);
    r0_42 = fma(v65, v54, r0_42);
    r0_43 = fma(v65, v55, r0_43);
    r0_44 = fma(v65, v57, r0_44);
    r0_45 = fma(v65, v58, r0_45);
    r0_46 = fma(v65, v59, r0_46);
    r0_47 = fma(v65, v60, r0_47);
    let v66 = x28.z;
    r0_48 = fma(v66, v52, r0_48);
    r0_49 = fma(v66, v53, r0_49);
    r0_50 = fma(v66, v54, r0_50);
    r0_51 = fma(v66, v55, r0_51);
    r0_52 = fma(v66, v57, r0_52);
    r0_53 = fma(v66, v58, r0_53);
    r0_54 = fma(v66, v59, r0_54);
    r0_55 = fma(v66, v60, r0_55);
    let v67 = x30.z;
    r0_56 = fma(v67, v52, r0_56);
    r0_57 = fma(v67, v53, r0_57);
    r0_58 = fma(v67, v54, r0_58);
    r0_59 = fma(v67, v55, r0_59);
    r0_60 = fma(v67, v57, r0_60);
    r0_61 = fma(v67, v58, r0_61);
    r0_62 = fma(v67, v59, r0_62);
    r0_63 = fma(v67, v60, r0_63);
    let v68 = x3.w;
    let x69 = in1[(at7 + 48)];
    let v70 = x69.x;
    r0_0 = fma(v68, v70, r0_0);
    let v71 = x69.y;
    r0_1 = fma(v68, v71, r0_1);
    let v72 = x69.z;
    r0_2 = fma(v68, v72, r0_2);
    let v73 = x69.w;
    r0_3 = fma(v68, v73, r0_3);
    let x74 = in1[(at7 + 49)];
    let v75 = x74.x;
    r0_4 = fma(v68, v75, r0_4);
    let v76 = x74.y;
    r0_5 = fma(v68, v76, r0_5);
    let v77 = x74.z;
    r0_6 = fma(v68, v77, r0_6);
    let v78 = x74.w;
    r0_7 = fma(v68, v78, r0_7);
    let v79 = x18.w;
    r0_8 = fma(v79, v70, r0_8);
    r0_9 = fma(v79, v71, r0_9);
    r0_10 = fma(v79, v72, r0_10);
    r0_11 = fma(v79, v73, r0_11);
    r0_12 = fma(v79, v75, r0_12);
    r0_13 = fma(v79, v76, r0_13);
    r0_14 = fma(v79, v77, r0_14);
    r0_15 = fma(v79, v78, r0_15);
    let v80 = x20.w;
    r0_16 = fma(v80, v70, r0_16);
    r0_17 = fma(v80, v71, r0_17);
    r0_18 = fma(v80, v72, r0_18);
    r0_19 = fma(v80, v73, r0_19);
    r0_20 = fma(v80, v75, r0_20);
    r0_21 = fma(v80, v76, r0_21);
    r0_22 = fma(v80, v77, r0_22);
    r0_23 = fma(v80, v78, r0_23);
    let v81 = x22.w;
    r0_24 = fma(v81, v70, r0_24);
    r0_25 = fma(v81, v71, r0_25);
    r0_26 = fma(v81, v72, r0_26);
    r0_27 = fma(v81, v73, r0_27);
    r0_28 = fma(v81, v75, r0_28);
    r0_29 = fma(v81, v76, r0_29);
    r0_30 = fma(v81, v77, r0_30);
    r0_31 = fma(v81, v78, r0_31);
    let v82 = x24.w;
    r0_32 = fma(v82, v70, r0_32);
    r0_33 = fma(v82, v71, r0_33);
    r0_34 = fma(v82, v72, r0_34);
    r0_35 = fma(v82, v73, r0_35);
    r0_36 = fma(v82, v75, r0_36);
    r0_37 = fma(v82, v76, r0_37);
    r0_38 = fma(v82, v77, r0_38);
    r0_39 = fma(v82, v78, r0_39);
    let v83 = x26.w;
    r0_40 = fma(v83, v70, r0_40);
    r0_41 = fma(v83, v71, r0_41);
    r0_42 = fma(v83, v72, r0_42);
    r0_43 = fma(v83, v73, r0_43);
    r0_44 = fma(v83, v75, r0_44);
    r0_45 = fma(v83, v76, r0_45);
    r0_46 = fma(v83, v77, r0_46);
    r0_47 = fma(v83, v78, r0_47);
    let v84 = x28.w;
    r0_48 = fma(v84, v70, r0_48);
    r0_49 = fma(v84, v71, r0_49);
    r0_50 = fma(v84, v72, r0_50);
    r0_51 = fma(v84, v73, r0_51);
    r0_52 = fma(v84, v75, r0_52);
    r0_53 = fma(v84, v76, r0_53);
    r0_54 = fma(v84, v77, r0_54);
    r0_55 = fma(v84, v78, r0_55);
    let v85 = x30.w;
    r0_56 = fma(v85, v70, r0_56);
    r0_57 = fma(v85, v71, r0_57);
    r0_58 = fma(v85, v72, r0_58);
    r0_59 = fma(v85, v73, r0_59);
    r0_60 = fma(v85, v75, r0_60);
    r0_61 = fma(v85, v76, r0_61);
    r0_62 = fma(v85, v77, r0_62);
    r0_63 = fma(v85, v78, r0_63);
  }
  let at86 = ((at0 * 512) + (at5 * 8));
  out2[at86] = r0_0;
  out2[(at86 + 1)] = r0_1;
  out2[(at86 + 2)] = r0_2;
  out2[(at86 + 3)] = r0_3;
  out2[(at86 + 4)] = r0_4;
  out2[(at86 + 5)] = r0_5;
  out2[(at86 + 6)] = r0_6;
  out2[(at86 + 7)] = r0_7;
  out2[(at86 + 64)] = r0_8;
  out2[(at86 + 65)] = r0_9;
  out2[(at86 + 66)] = r0_10;
  out2[(at86 + 67)] = r0_11;
  out2[(at86 + 68)] = r0_12;
  out2[(at86 + 69)] = r0_13;
  out2[(at86 + 70)] = r0_14;
  out2[(at86 + 71)] = r0_15;
  out2[(at86 + 128)] = r0_16;
  out2[(at86 + 129)] = r0_17;
  out2[(at86 + 130)] = r0_18;
  out2[(at86 + 131)] = r0_19;
  out2[(at86 + 132)] = r0_20;
  out2[(at86 + 133)] = r0_21;
  out2[(at86 + 134)] = r0_22;
  out2[(at86 + 135)] = r0_23;
  out2[(at86 + 192)] = r0_24;
  out2[(at86 + 193)] = r0_25;
  out2[(at86 + 194)] = r0_26;
  out2[(at86 + 195)] = r0_27;
  out2[(at86 + 196)] = r0_28;
  out2[(at86 + 197)] = r0_29;
  out2[(at86 + 198)] = r0_30;
  out2[(at86 + 199)] = r0_31;
  out2[(at86 + 256)] = r0_32;
  out2[(at86 + 257)] = r0_33;
  out2[(at86 + 258)] = r0_34;
  out2[(at86 + 259)] = r0_35;
  out2[(at86 + 260)] = r0_36;
  out2[(at86 + 261)] = r0_37;
  out2[(at86 + 262)] = r0_38;
  out2[(at86 + 263)] = r0_39;
  out2[(at86 + 320)] = r0_40;
  out2[(at86 + 321)] = r0_41;
  out2[(at86 + 322)] = r0_42;
  out2[(at86 + 323)] = r0_43;
  out2[(at86 + 324)] = r0_44;
  out2[(at86 + 325)] = r0_45;
  out2[(at86 + 326)] = r0_46;
  out2[(at86 + 327)] = r0_47;
  out2[(at86 + 384)] = r0_48;
  out2[(at86 + 385)] = r0_49;
  out2[(at86 + 386)] = r0_50;
  out2[(at86 + 387)] = r0_51;
  out2[(at86 + 388)] = r0_52;
  out2[(at86 + 389)] = r0_53;
  out2[(at86 + 390)] = r0_54;
  out2[(at86 + 391)] = r0_55;
  out2[(at86 + 448)] = r0_56;
  out2[(at86 + 449)] = r0_57;
  out2[(at86 + 450)] = r0_58;
  out2[(at86 + 451)] = r0_59;
  out2[(at86 + 452)] = r0_60;
  out2[(at86 + 453)] = r0_61;
  out2[(at86 + 454)] = r0_62;
  out2[(at86 + 455)] = r0_63;
}

// a padded convolution
// kernel conv
@group(0) @binding(0) var<storage, read> in0: array<f32>;
@group(0) @binding(1) var<storage, read> in1: array<vec4<f32>>;
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
  let at5 = ((at2 + (at0 * 8)) + ((t / 64) * 128));
  let v6 = select(0.0f, in0[select(0, (at5 + -9), v4)], v4);
  let at7 = (((t / 32) % 2) * 9);
  let x8 = in1[at7];
  let v9 = x8.x;
  r0_0 = fma(v6, v9, r0_0);
  let v10 = select(0.0f, in0[select(0, (at5 + -8), v1)], v1);
  r0_1 = fma(v10, v9, r0_1);
  let x11 = in1[(at7 + 4)];
  let v12 = x11.z;
  r0_2 = fma(v6, v12, r0_2);
  r0_3 = fma(v10, v12, r0_3);
  let v13 = x8.y;
  r0_0 = fma(v10, v13, r0_0);
  let v14 = select(0.0f, in0[select(0, (at5 + -7), v1)], v1);
  r0_1 = fma(v14, v13, r0_1);
  let v15 = x11.w;
  r0_2 = fma(v10, v15, r0_2);
  r0_3 = fma(v14, v15, r0_3);
  let v16 = x8.z;
  r0_0 = fma(v14, v16, r0_0);
  let v17 = ((at2 + 2) < 8);
  let v18 = (v1 && v17);
  let v19 = select(0.0f, in0[select(0, (at5 + -6), v18)], v18);
  r0_1 = fma(v19, v16, r0_1);
  let x20 = in1[(at7 + 5)];
  let v21 = x20.x;
  r0_2 = fma(v14, v21, r0_2);
  r0_3 = fma(v19, v21, r0_3);
  let v22 = select(0.0f, in0[select(0, (at5 + -1), v3)], v3);
  let v23 = x8.w;
  r0_0 = fma(v22, v23, r0_0);
  let x24 = in0[at5];
  r0_1 = fma(x24, v23, r0_1);
  let v25 = x20.y;
  r0_2 = fma(v22, v25, r0_2);
  r0_3 = fma(x24, v25, r0_3);
  let x26 = in1[(at7 + 1)];
  let v27 = x26.x;
  r0_0 = fma(x24, v27, r0_0);
  let x28 = in0[(at5 + 1)];
  r0_1 = fma(x28, v27, r0_1);
  let v29 = x20.z;
  r0_2 = fma(x24, v29, r0_2);
  r0_3 = fma(x28, v29, r0_3);
  let v30 = x26.y;
  r0_0 = fma(x28, v30, r0_0);
  let v31 = select(0.0f, in0[select(0, (at5 + 2), v17)], v17);
  r0_1 = fma(v31, v30, r0_1);
  let v32 = x20.w;
  r0_2 = fma(x28, v32, r0_2);
  r0_3 = fma(v31, v32, r0_3);
  let v33 = ((at0 + 1) < 8);
  let v34 = (v33 && v3);
  let v35 = select(0.0f, in0[select(0, (at5 + 7), v34)], v34);
  let v36 = x26.z;
  r0_0 = fma(v35, v36, r0_0);
  let v37 = select(0.0f, in0[select(0, (at5 + 8), v33)], v33);
  r0_1 = fma(v37, v36, r0_1);
  let x38 = in1[(at7 + 6)];
  let v39 = x38.x;
  r0_2 = fma(v35, v39, r0_2);
  r0_3 = fma(v37, v39, r0_3);
  let v40 = x26.w;
  r0_0 = fma(v37, v40, r0_0);
  let v41 = select(0.0f, in0[select(0, (at5 + 9), v33)], v33);
  r0_1 = fma(v41, v40, r0_1);
  let v42 = x38.y;
  r0_2 = fma(v37, v42, r0_2);
  r0_3 = fma(v41, v42, r0_3);
  let x43 = in1[(at7 + 2)];
  let v44 = x43.x;
  r0_0 = fma(v41, v44, r0_0);
  let v45 = (v33 && v17);
  let v46 = select(0.0f, in0[select(0, (at5 + 10), v45)], v45);
  r0_1 = fma(v46, v44, r0_1);
  let v47 = x38.z;
  r0_2 = fma(v41, v47, r0_2);
  r0_3 = fma(v46, v47, r0_3);
  let v48 = select(0.0f, in0[select(0, (at5 + 55), v4)], v4);
  let v49 = x43.y;
  r0_0 = fma(v48, v49, r0_0);
  let v50 = select(0.0f, in0[select(0, (at5 + 56), v1)], v1);
  r0_1 = fma(v50, v49, r0_1);
  let v51 = x38.w;
  r0_2 = fma(v48, v51, r0_2);
  r0_3 = fma(v50, v51, r0_3);
  let v52 = x43.z;
  r0_0 = fma(v50, v52, r0_0);
  let v53 = select(0.0f, in0[select(0, (at5 + 57), v1)], v1);
  r0_1 = fma(v53, v52, r0_1);
  let x54 = in1[(at7 + 7)];
  let v55 = x54.x;
  r0_2 = fma(v50, v55, r0_2);
  r0_3 = fma(v53, v55, r0_3);
  let v56 = x43.w;
  r0_0 = fma(v53, v56, r0_0);
  let v57 = select(0.0f, in0[select(0, (at5 + 58), v18)], v18);
  r0_1 = fma(v57, v56, r0_1);
  let v58 = x54.y;
  r0_2 = fma(v53, v58, r0_2);
  r0_3 = fma(v57, v58, r0_3);
  let v59 = select(0.0f, in0[select(0, (at5 + 63), v3)], v3);
  let x60 = in1[(at7 + 3)];
  let v61 = x60.x;
  r0_0 = fma(v59, v61, r0_0);
  let x62 = in0[(at5 + 64)];
  r0_1 = fma(x62, v61, r0_1);
  let v63 = x54.z;
  r0_2 = fma(v59, v63, r0_2);
  r0_3 = fma(x62, v63, r0_3);
  let v64 = x60.y;
  r0_0 = fma(x62, v64, r0_0);
  let x65 = in0[(at5 + 65)];
  r0_1 = fma(x65, v64, r0_1);
  let v66 = x54.w;
  r0_2 = fma(x62, v66, r0_2);
  r0_3 = fma(x65, v66, r0_3);
  let v67 = x60.z;
  r0_0 = fma(x65, v67, r0_0);
  let v68 = select(0.0f, in0[select(0, (at5 + 66), v17)], v17);
  r0_1 = fma(v68, v67, r0_1);
  let x69 = in1[(at7 + 8)];
  let v70 = x69.x;
  r0_2 = fma(x65, v70, r0_2);
  r0_3 = fma(v68, v70, r0_3);
  let v71 = select(0.0f, in0[select(0, (at5 + 71), v34)], v34);
  let v72 = x60.w;
  r0_0 = fma(v71, v72, r0_0);
  let v73 = select(0.0f, in0[select(0, (at5 + 72), v33)], v33);
  r0_1 = fma(v73, v72, r0_1);
  let v74 = x69.y;
  r0_2 = fma(v71, v74, r0_2);
  r0_3 = fma(v73, v74, r0_3);
  let v75 = x11.x;
  r0_0 = fma(v73, v75, r0_0);
  let v76 = select(0.0f, in0[select(0, (at5 + 73), v33)], v33);
  r0_1 = fma(v76, v75, r0_1);
  let v77 = x69.z;
  r0_2 = fma(v73, v77, r0_2);
  r0_3 = fma(v76, v77, r0_3);
  let v78 = x11.y;
  r0_0 = fma(v76, v78, r0_0);
  let v79 = select(0.0f, in0[select(0, (at5 + 74), v45)], v45);
  r0_1 = fma(v79, v78, r0_1);
  let v80 = x69.w;
  r0_2 = fma(v76, v80, r0_2);
  r0_3 = fma(v79, v80, r0_3);
  let at81 = ((((t / 32) * 128) + at2) + (at0 * 8));
  out2[at81] = r0_0;
  out2[(at81 + 1)] = r0_1;
  out2[(at81 + 64)] = r0_2;
  out2[(at81 + 65)] = r0_3;
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
