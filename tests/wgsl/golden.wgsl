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
    let v10 = x3.y;
    let x11 = in1[(at7 + 16)];
    let v12 = x11.x;
    let v13 = x3.z;
    let x14 = in1[(at7 + 32)];
    let v15 = x14.x;
    r0_0 += fma(v13, v15, fma(v10, v12, v4 * v9));
    let v16 = x8.y;
    let v17 = x11.y;
    let v18 = x14.y;
    r0_1 += fma(v13, v18, fma(v10, v17, v4 * v16));
    let v19 = x8.z;
    let v20 = x11.z;
    let v21 = x14.z;
    r0_2 += fma(v13, v21, fma(v10, v20, v4 * v19));
    let v22 = x8.w;
    let v23 = x11.w;
    let v24 = x14.w;
    r0_3 += fma(v13, v24, fma(v10, v23, v4 * v22));
    let x25 = in1[(at7 + 1)];
    let v26 = x25.x;
    let x27 = in1[(at7 + 17)];
    let v28 = x27.x;
    let x29 = in1[(at7 + 33)];
    let v30 = x29.x;
    r0_4 += fma(v13, v30, fma(v10, v28, v4 * v26));
    let v31 = x25.y;
    let v32 = x27.y;
    let v33 = x29.y;
    r0_5 += fma(v13, v33, fma(v10, v32, v4 * v31));
    let v34 = x25.z;
    let v35 = x27.z;
    let v36 = x29.z;
    r0_6 += fma(v13, v36, fma(v10, v35, v4 * v34));
    let v37 = x25.w;
    let v38 = x27.w;
    let v39 = x29.w;
    r0_7 += fma(v13, v39, fma(v10, v38, v4 * v37));
    let x40 = in0[(at2 + 8)];
    let v41 = x40.x;
    let v42 = x40.y;
    let v43 = x40.z;
    r0_8 += fma(v43, v15, fma(v42, v12, v41 * v9));
    r0_9 += fma(v43, v18, fma(v42, v17, v41 * v16));
    r0_10 += fma(v43, v21, fma(v42, v20, v41 * v19));
    r0_11 += fma(v43, v24, fma(v42, v23, v41 * v22));
    r0_12 += fma(v43, v30, fma(v42, v28, v41 * v26));
    r0_13 += fma(v43, v33, fma(v42, v32, v41 * v31));
    r0_14 += fma(v43, v36, fma(v42, v35, v41 * v34));
    r0_15 += fma(v43, v39, fma(v42, v38, v41 * v37));
    let x44 = in0[(at2 + 16)];
    let v45 = x44.x;
    let v46 = x44.y;
    let v47 = x44.z;
    r0_16 += fma(v47, v15, fma(v46, v12, v45 * v9));
    r0_17 += fma(v47, v18, fma(v46, v17, v45 * v16));
    r0_18 += fma(v47, v21, fma(v46, v20, v45 * v19));
    r0_19 += fma(v47, v24, fma(v46, v23, v45 * v22));
    r0_20 += fma(v47, v30, fma(v46, v28, v45 * v26));
    r0_21 += fma(v47, v33, fma(v46, v32, v45 * v31));
    r0_22 += fma(v47, v36, fma(v46, v35, v45 * v34));
    r0_23 += fma(v47, v39, fma(v46, v38, v45 * v37));
    let x48 = in0[(at2 + 24)];
    let v49 = x48.x;
    let v50 = x48.y;
    let v51 = x48.z;
    r0_24 += fma(v51, v15, fma(v50, v12, v49 * v9));
    r0_25 += fma(v51, v18, fma(v50, v17, v49 * v16));
    r0_26 += fma(v51, v21, fma(v50, v20, v49 * v19));
    r0_27 += fma(v51, v24, fma(v50, v23, v49 * v22));
    r0_28 += fma(v51, v30, fma(v50, v28, v49 * v26));
    r0_29 += fma(v51, v33, fma(v50, v32, v49 * v31));
    r0_30 += fma(v51, v36, fma(v50, v35, v49 * v34));
    r0_31 += fma(v51, v39, fma(v50, v38, v49 * v37));
    let x52 = in0[(at2 + 32)];
    let v53 = x52.x;
    let v54 = x52.y;
    let v55 = x52.z;
    r0_32 += fma(v55, v15, fma(v54, v12, v53 * v9));
    r0_33 += fma(v55, v18, fma(v54, v17, v53 * v16));
    r0_34 += fma(v55, v21, fma(v54, v20, v53 * v19));
    r0_35 += fma(v55, v24, fma(v54, v23, v53 * v22));
    r0_36 += fma(v55, v30, fma(v54, v28, v53 * v26));
    r0_37 += fma(v55, v33, fma(v54, v32, v53 * v31));
    r0_38 += fma(v55, v36, fma(v54, v35, v53 * v34));
    r0_39 += fma(v55, v39, fma(v54, v38, v53 * v37));
    let x56 = in0[(at2 + 40)];
    let v57 = x56.x;
    let v58 = x56.y;
    let v59 = x56.z;
    r0_40 += fma(v59, v15, fma(v58, v12, v57 * v9));
    r0_41 += fma(v59, v18, fma(v58, v17, v57 * v16));
    r0_42 += fma(v59, v21, fma(v58, v20, v57 * v19));
    r0_43 += fma(v59, v24, fma(v58, v23, v57 * v22));
    r0_44 += fma(v59, v30, fma(v58, v28, v57 * v26));
    r0_45 += fma(v59, v33, fma(v58, v32, v57 * v31));
    r0_46 += fma(v59, v36, fma(v58, v35, v57 * v34));
    r0_47 += fma(v59, v39, fma(v58, v38, v57 * v37));
    let x60 = in0[(at2 + 48)];
    let v61 = x60.x;
    let v62 = x60.y;
    let v63 = x60.z;
    r0_48 += fma(v63, v15, fma(v62, v12, v61 * v9));
    r0_49 += fma(v63, v18, fma(v62, v17, v61 * v16));
    r0_50 += fma(v63, v21, fma(v62, v20, v61 * v19));
    r0_51 += fma(v63, v24, fma(v62, v23, v61 * v22));
    r0_52 += fma(v63, v30, fma(v62, v28, v61 * v26));
    r0_53 += fma(v63, v33, fma(v62, v32, v61 * v31));
    r0_54 += fma(v63, v36, fma(v62, v35, v61 * v34));
    r0_55 += fma(v63, v39, fma(v62, v38, v61 * v37));
    let x64 = in0[(at2 + 56)];
    let v65 = x64.x;
    let v66 = x64.y;
    let v67 = x64.z;
    r0_56 += fma(v67, v15, fma(v66, v12, v65 * v9));
    r0_57 += fma(v67, v18, fma(v66, v17, v65 * v16));
    r0_58 += fma(v67, v21, fma(v66, v20, v65 * v19));
    r0_59 += fma(v67, v24, fma(v66, v23, v65 * v22));
    r0_60 += fma(v67, v30, fma(v66, v28, v65 * v26));
    r0_61 += fma(v67, v33, fma(v66, v32, v65 * v31));
    r0_62 += fma(v67, v36, fma(v66, v35, v65 * v34));
    r0_63 += fma(v67, v39, fma(v66, v38, v65 * v37));
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
    let v79 = x40.w;
    r0_8 = fma(v79, v70, r0_8);
    r0_9 = fma(v79, v71, r0_9);
    r0_10 = fma(v79, v72, r0_10);
    r0_11 = fma(v79, v73, r0_11);
    r0_12 = fma(v79, v75, r0_12);
    r0_13 = fma(v79, v76, r0_13);
    r0_14 = fma(v79, v77, r0_14);
    r0_15 = fma(v79, v78, r0_15);
    let v80 = x44.w;
    r0_16 = fma(v80, v70, r0_16);
    r0_17 = fma(v80, v71, r0_17);
    r0_18 = fma(v80, v72, r0_18);
    r0_19 = fma(v80, v73, r0_19);
    r0_20 = fma(v80, v75, r0_20);
    r0_21 = fma(v80, v76, r0_21);
    r0_22 = fma(v80, v77, r0_22);
    r0_23 = fma(v80, v78, r0_23);
    let v81 = x48.w;
    r0_24 = fma(v81, v70, r0_24);
    r0_25 = fma(v81, v71, r0_25);
    r0_26 = fma(v81, v72, r0_26);
    r0_27 = fma(v81, v73, r0_27);
    r0_28 = fma(v81, v75, r0_28);
    r0_29 = fma(v81, v76, r0_29);
    r0_30 = fma(v81, v77, r0_30);
    r0_31 = fma(v81, v78, r0_31);
    let v82 = x52.w;
    r0_32 = fma(v82, v70, r0_32);
    r0_33 = fma(v82, v71, r0_33);
    r0_34 = fma(v82, v72, r0_34);
    r0_35 = fma(v82, v73, r0_35);
    r0_36 = fma(v82, v75, r0_36);
    r0_37 = fma(v82, v76, r0_37);
    r0_38 = fma(v82, v77, r0_38);
    r0_39 = fma(v82, v78, r0_39);
    let v83 = x56.w;
    r0_40 = fma(v83, v70, r0_40);
    r0_41 = fma(v83, v71, r0_41);
    r0_42 = fma(v83, v72, r0_42);
    r0_43 = fma(v83, v73, r0_43);
    r0_44 = fma(v83, v75, r0_44);
    r0_45 = fma(v83, v76, r0_45);
    r0_46 = fma(v83, v77, r0_46);
    r0_47 = fma(v83, v78, r0_47);
    let v84 = x60.w;
    r0_48 = fma(v84, v70, r0_48);
    r0_49 = fma(v84, v71, r0_49);
    r0_50 = fma(v84, v72, r0_50);
    r0_51 = fma(v84, v73, r0_51);
    r0_52 = fma(v84, v75, r0_52);
    r0_53 = fma(v84, v76, r0_53);
    r0_54 = fma(v84, v77, r0_54);
    r0_55 = fma(v84, v78, r0_55);
    let v85 = x64.w;
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
  let v10 = select(0.0f, in0[select(0, (at5 + -8), v1)], v1);
  let v11 = x8.y;
  let v12 = select(0.0f, in0[select(0, (at5 + -7), v1)], v1);
  let v13 = x8.z;
  r0_0 += fma(v12, v13, fma(v10, v11, v6 * v9));
  let v14 = ((at2 + 2) < 8);
  let v15 = (v1 && v14);
  let v16 = select(0.0f, in0[select(0, (at5 + -6), v15)], v15);
  r0_1 += fma(v16, v13, fma(v12, v11, v10 * v9));
  let x17 = in1[(at7 + 4)];
  let v18 = x17.z;
  let v19 = x17.w;
  let x20 = in1[(at7 + 5)];
  let v21 = x20.x;
  r0_2 += fma(v12, v21, fma(v10, v19, v6 * v18));
  r0_3 += fma(v16, v21, fma(v12, v19, v10 * v18));
  let v22 = select(0.0f, in0[select(0, (at5 + -1), v3)], v3);
  let v23 = x8.w;
  let x24 = in0[at5];
  let x25 = in1[(at7 + 1)];
  let v26 = x25.x;
  let x27 = in0[(at5 + 1)];
  let v28 = x25.y;
  r0_0 += fma(x27, v28, fma(x24, v26, v22 * v23));
  let v29 = select(0.0f, in0[select(0, (at5 + 2), v14)], v14);
  r0_1 += fma(v29, v28, fma(x27, v26, x24 * v23));
  let v30 = x20.y;
  let v31 = x20.z;
  let v32 = x20.w;
  r0_2 += fma(x27, v32, fma(x24, v31, v22 * v30));
  r0_3 += fma(v29, v32, fma(x27, v31, x24 * v30));
  let v33 = ((at0 + 1) < 8);
  let v34 = (v33 && v3);
  let v35 = select(0.0f, in0[select(0, (at5 + 7), v34)], v34);
  let v36 = x25.z;
  let v37 = select(0.0f, in0[select(0, (at5 + 8), v33)], v33);
  let v38 = x25.w;
  let v39 = select(0.0f, in0[select(0, (at5 + 9), v33)], v33);
  let x40 = in1[(at7 + 2)];
  let v41 = x40.x;
  r0_0 += fma(v39, v41, fma(v37, v38, v35 * v36));
  let v42 = (v33 && v14);
  let v43 = select(0.0f, in0[select(0, (at5 + 10), v42)], v42);
  r0_1 += fma(v43, v41, fma(v39, v38, v37 * v36));
  let x44 = in1[(at7 + 6)];
  let v45 = x44.x;
  let v46 = x44.y;
  let v47 = x44.z;
  r0_2 += fma(v39, v47, fma(v37, v46, v35 * v45));
  r0_3 += fma(v43, v47, fma(v39, v46, v37 * v45));
  let v48 = select(0.0f, in0[select(0, (at5 + 55), v4)], v4);
  let v49 = x40.y;
  let v50 = select(0.0f, in0[select(0, (at5 + 56), v1)], v1);
  let v51 = x40.z;
  let v52 = select(0.0f, in0[select(0, (at5 + 57), v1)], v1);
  let v53 = x40.w;
  r0_0 += fma(v52, v53, fma(v50, v51, v48 * v49));
  let v54 = select(0.0f, in0[select(0, (at5 + 58), v15)], v15);
  r0_1 += fma(v54, v53, fma(v52, v51, v50 * v49));
  let v55 = x44.w;
  let x56 = in1[(at7 + 7)];
  let v57 = x56.x;
  let v58 = x56.y;
  r0_2 += fma(v52, v58, fma(v50, v57, v48 * v55));
  r0_3 += fma(v54, v58, fma(v52, v57, v50 * v55));
  let v59 = select(0.0f, in0[select(0, (at5 + 63), v3)], v3);
  let x60 = in1[(at7 + 3)];
  let v61 = x60.x;
  let x62 = in0[(at5 + 64)];
  let v63 = x60.y;
  let x64 = in0[(at5 + 65)];
  let v65 = x60.z;
  r0_0 += fma(x64, v65, fma(x62, v63, v59 * v61));
  let v66 = select(0.0f, in0[select(0, (at5 + 66), v14)], v14);
  r0_1 += fma(v66, v65, fma(x64, v63, x62 * v61));
  let v67 = x56.z;
  let v68 = x56.w;
  let x69 = in1[(at7 + 8)];
  let v70 = x69.x;
  r0_2 += fma(x64, v70, fma(x62, v68, v59 * v67));
  r0_3 += fma(v66, v70, fma(x64, v68, x62 * v67));
  let v71 = select(0.0f, in0[select(0, (at5 + 71), v34)], v34);
  let v72 = x60.w;
  let v73 = select(0.0f, in0[select(0, (at5 + 72), v33)], v33);
  let v74 = x17.x;
  let v75 = select(0.0f, in0[select(0, (at5 + 73), v33)], v33);
  let v76 = x17.y;
  r0_0 += fma(v75, v76, fma(v73, v74, v71 * v72));
  let v77 = select(0.0f, in0[select(0, (at5 + 74), v42)], v42);
  r0_1 += fma(v77, v76, fma(v75, v74, v73 * v72));
  let v78 = x69.y;
  let v79 = x69.z;
  let v80 = x69.w;
  r0_2 += fma(v75, v80, fma(v73, v79, v71 * v78));
  r0_3 += fma(v77, v80, fma(v75, v79, v73 * v78));
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
  r0 = r0 + in0[0]; r0 = r0 + in0[1];
  out1[0] = r0;
}
