// whole tiles and an epilogue
@group(0) @binding(0) var<storage, read> in0: array<f32, 6144>;
@group(0) @binding(1) var<storage, read> in1: array<f32, 6144>;
@group(0) @binding(2) var<storage, read_write> out2: array<f32, 6144>;
var<workgroup> tile0: array<f32, 1056>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let number = i32(group.x);
  let lane = i32(index);
  let at0 = (lane % 32) * 33;
  let at1 = lane / 32;
  let at2 = (number / 3) * 32;
  let at3 = lane / 32;
  let at4 = ((number % 3) * 32) + (lane % 32);
  for (var k = 0; k < 32; k += 8) {
    tile0[at0 + (at1 + k)] = in0[((((at2 + k) + at3) * 96) + at4)];
  }
  workgroupBarrier();
  let at5 = lane % 32;
  let at6 = (lane % 32) + at2;
  let at7 = ((number % 3) * 32) + at3;
  for (var k_1 = 0; k_1 < 32; k_1 += 8) {
    let moved0 = tile0[(((at1 + k_1) * 33) + at5)];
    let at8 = at6 + ((at7 + k_1) * 64);
    let v9 = moved0 + in1[at8];
    out2[at8] = select(v9, 0.0f, (v9 < 0.0f));
  }
}

// images to channels last, with an edge
@group(0) @binding(0) var<storage, read> in0: array<f32, 3840>;
@group(0) @binding(1) var<storage, read_write> out1: array<f32, 3840>;
var<workgroup> tile0: array<f32, 1056>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let number = i32(group.x);
  let lane = i32(index);
  let v0 = (((number % 2) * 32) + (lane % 32)) < 40;
  let at1 = ((number / 2) % 2) * 32;
  let at2 = lane / 32;
  let at3 = (lane % 32) * 33;
  let at4 = lane / 32;
  let at5 = clamp((((number % 2) * 32) + (lane % 32)), 0, 39);
  let at6 = (number / 4) * 1920;
  for (var k = 0; k < 32; k += 8) {
    if (v0 & (((at1 + k) + at2) < 48)) {
      tile0[at3 + (at4 + k)] = in0[(((clamp(((at1 + k) + at2), 0, 47) * 40) + at5) + at6)];
    }
  }
  workgroupBarrier();
  let at7 = ((number % 2) * 32) + at2;
  let v8 = ((lane % 32) + at1) < 48;
  let at9 = lane % 32;
  let at10 = clamp(((lane % 32) + at1), 0, 47);
  let at11 = (number / 4) * 1920;
  for (var k_1 = 0; k_1 < 32; k_1 += 8) {
    if (((at7 + k_1) < 40) & v8) {
      let moved0 = tile0[(((at4 + k_1) * 33) + at9)];
      out1[(at10 + (clamp((at7 + k_1), 0, 39) * 48)) + at11] = moved0;
    }
  }
}
