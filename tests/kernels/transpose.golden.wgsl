// whole tiles and an epilogue
@group(0) @binding(0) var<storage, read> in0: array<f32, 6144>;
@group(0) @binding(1) var<storage, read> in1: array<f32, 6144>;
@group(0) @binding(2) var<storage, read_write> out2: array<f32, 6144>;
var<workgroup> tile0: array<f32, 1056>;
@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) index: u32) {
  let number = i32(group.x);
  let lane = i32(index);
  let at0 = lane % 32;
  let at1 = at0 * 33;
  let at2 = lane / 32;
  let at3 = number / 3;
  let at4 = at3 * 32;
  let at5 = lane / 32;
  let at6 = number % 3;
  let at7 = at6 * 32;
  let at8 = lane % 32;
  let at9 = at7 + at8;
  for (var k = 0; k < 32; k += 8) {
    tile0[at1 + (at2 + k)] = in0[((((at4 + k) + at5) * 96) + at9)];
  }
  workgroupBarrier();
  let at10 = at8 + at4;
  let at11 = at7 + at5;
  for (var k = 0; k < 32; k += 8) {
    let moved0 = tile0[(((at2 + k) * 33) + at0)];
    let at12 = at10 + ((at11 + k) * 64);
    let v13 = moved0 + in1[at12];
    out2[at12] = select(v13, 0.0f, (v13 < 0.0f));
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
  let at0 = number % 2;
  let at1 = at0 * 32;
  let at2 = lane % 32;
  let at3 = at1 + at2;
  let v4 = at3 < 40;
  let at5 = number / 2;
  let at6 = at5 % 2;
  let at7 = at6 * 32;
  let at8 = lane / 32;
  let at9 = lane % 32;
  let at10 = at9 * 33;
  let at11 = lane / 32;
  let at18 = clamp(at3, 0, 39);
  let at20 = number / 4;
  let at21 = at20 * 1920;
  for (var k = 0; k < 32; k += 8) {
    let at12 = at11 + k;
    let at13 = at10 + at12;
    let at14 = at7 + k;
    let at15 = at14 + at8;
    let at16 = clamp(at15, 0, 47);
    let at17 = at16 * 40;
    let at19 = at17 + at18;
    let at22 = at19 + at21;
    let x23 = in0[at22];
    if (v4 & (((at7 + k) + at8) < 48)) {
      tile0[at13] = x23;
    }
  }
  workgroupBarrier();
  let at24 = at1 + at8;
  let at25 = at2 + at7;
  let v26 = at25 < 48;
  let at30 = clamp(at25, 0, 47);
  let at35 = at20 * 1920;
  for (var k = 0; k < 32; k += 8) {
    let at27 = at11 + k;
    let at28 = at27 * 33;
    let at29 = at28 + at9;
    let at31 = at24 + k;
    let at32 = clamp(at31, 0, 39);
    let at33 = at32 * 48;
    let at34 = at30 + at33;
    let at36 = at34 + at35;
    if (((at24 + k) < 40) & v26) {
      let moved0 = tile0[at29];
      out1[at36] = moved0;
    }
  }
}
