/* Functions that take three longs are run both compiled and lowered. */
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long u64;
typedef _Bool bool;

struct point { int x, y; };
struct flags { unsigned a:3, b:5; int c:7; unsigned d:17; u64 e:40; bool f:1; };
struct nested { char tag; struct point p[3]; union { int i; unsigned char b[4]; }; struct { short s; } in; };
enum op { OP_ADD, OP_SUB, OP_MUL = 10, OP_NEG = -3 };
enum big { BIG = 0x80000000u };

static int table[8] = { 3, [2] = 5, 7, [5 ... 6] = -1 };
static struct nested world = { 't', { { 1, 2 }, { .y = 4 }, { 5, 6 } }, .i = 0x01020304, .in = { .s = -9 } };
static struct flags gflags = { .a = 5, .c = -3, .e = 0x1234567890, .f = 1 };
static const char text[] = "hello";
static const char *const words[] = { "zero", "one", "two" };
static char padded[10] = "ab";
static int *where = &table[2];
static struct point *pp = &(struct point){ 8, 9 };
static int grid[3][4] = { { 1, 2 }, [2] = { [1] = 7, 8 } };
static long counter;

static long add(long a, long b) { return a + b; }
static long sub(long a, long b) { return a - b; }
static long (*const fns[])(long, long) = { add, sub };
static struct { long (*f)(long, long); int n; } ops[2] = { { .f = sub, .n = 2 }, { add } };

static struct point mk(int x, int y) { struct point p = { .x = x, .y = y }; return p; }
static int total(struct point p, int k) { p.x += k; return p.x * 3 + p.y; }
static void bump(long *p, long by) { *p += by; }

long t_globals(long a, long b, long c)
{
	return table[a & 7] + table[2] + world.tag + world.p[1].y + world.i + world.b[b & 3] + world.in.s + *where + pp->x * pp->y;
}
long t_text(long a, long b, long c)
{
	char local[8] = "xy";
	char s[] = "local";
	return text[a & 3] + words[(u64)b % 3][1] + padded[c & 7] + local[a & 7] + s[b & 3] + sizeof(s) + "lit"[c & 3];
}
long t_grid(long a, long b, long c)
{
	int (*row)[4] = grid;
	int loc[2][3] = { { a, b }, { c } };
	row += a & 1;
	return (*row)[b & 3] + grid[2][c & 3] + sizeof(grid[0]) + (&grid[2] - grid) + *(*(grid + 2) + 1) + loc[a & 1][b & 1] + sizeof loc;
}
long t_fnptr(long a, long b, long c)
{
	long (*f)(long, long) = c & 1 ? add : sub;
	return f(a, b) + (*f)(b, a) + fns[c & 1](a, c) + ops[b & 1].f(a, 1) + ops[0].n;
}
long t_structs(long a, long b, long c)
{
	struct point p = mk(a, b), q, *r = &q;
	struct nested n = world, m;
	q = p;
	r->x++;
	n.p[c & 1] = mk(1, c);
	m = n;
	m.p[0].x ^= 3;
	return total(p, c) + total(*r, 1) + q.x + m.p[0].x + m.p[1].y + mk(3, a).y + n.b[1] + (c & 2 ? p : q).x;
}
long t_bits(long a, long b, long c)
{
	struct flags f = { .a = 1, .d = 70000 };
	f.a = a;
	f.b += b;
	f.c = c;
	f.c++;
	f.d ^= a;
	f.e = b;
	f.f = c;
	long r = (f.a = b) + f.b-- + (f.c = a);
	return r + f.a + f.b + f.c + f.d + (long)f.e + f.f + (f.c < 0) + (f.a - 6 < 0) + gflags.a + gflags.c + (long)gflags.e + gflags.f;
}
long t_assign(long a, long b, long c)
{
	u8 x;
	short y;
	bool z;
	int w;
	w = y = x = a;
	z = b;
	long r = (x += b) + (y -= c) + (z |= a) + w;
	z = (void *)c;
	r += z;
	return r + (w = (x = 300, y = 2));
}
long t_incdec(long a, long b, long c)
{
	int arr[4] = { 1, 2, 3, 4 }, i = 1, *p = arr;
	u8 wrap = 255;
	arr[i++] += 10;
	*p++ = a;
	++*p;
	p[1]--;
	wrap++;
	long *q = &c, d = (*q)++;
	d += ++*q;
	d += *--p;
	return arr[0] + arr[1] * 3 + arr[2] * 5 + i + (p - arr) + wrap + d + c;
}
long t_ptr(long a, long b, long c)
{
	long v[5] = { a, b, c, 4, 5 };
	long *p = v + 1, *e = &v[5], s = 0;
	for (; p < e; p++)
		s = s * 3 + *p;
	p -= 2;
	s += 1[p] + p[-1] + (e - p) + (p == &v[3]) + (p > v) + !p;
	void *vp = v;
	vp += 8;
	s += *(long *)vp + *(u32 *)(vp + 4);
	char *cp = (char *)v + (b & 7);
	return s + *cp + ((u64)e - (u64)v);
}
long t_addr(long a, long b, long c)
{
	long x = a;
	int y = b;
	bump(&x, c);
	bump(&c, x);
	*(short *)&y = c;
	return x + c + y + *(volatile long *)&x + *&a;
}
long t_cond(long a, long b, long c)
{
	int r = 0;
	if (a && (b || !c)) r |= 1;
	if (!(a > b && b < c) || c == a) r |= 2;
	if (!!(a & 4) == 0) r |= 4;
	if ((a ? b : c) > 0) r |= 8;
	if ((a, b)) r |= 16;
	if (a ?: b) r |= 32;
	if (__builtin_expect(!!(a > 0 && b > 0), 0)) r |= 64;
	r |= (a && b) << 8 | (a || c) << 9 | !(a && c) << 10 | (!a) << 11 | (a != 0 == (b != 0)) << 12;
	return r + (a < b ? a < c ? 1 : 2 : b < c ? 3 : 4) * 100000L;
}
long t_ternary(long a, long b, long c)
{
	u32 u = a;
	int i = b;
	long r = a > 0 ? u : i;
	r ^= b > 0 ? i : u;
	r += c > 0 ? (u8)a : -1;
	r += (a & 1 ? &a : &b)[0];
	r += (c ? u : 0) - 1 + (a > 0 ? 1 : BIG) + (b ?: 5u);
	return r;
}
long t_switch(long a, long b, long c)
{
	long r = 0;
	switch (a & 15) {
	case 0: r = 1;
	case 1: r += 2; break;
	case 2 ... 5: r = b; break;
	default: r = 9;
	case 6: { int k = 3; r += k; break; }
	case 7: switch (b & 1) { case 0: r = 4; break; default: r = 5; } break;
	case 8: do { if (c & 1) break; r++; } while (r < 5); r += 100; break;
	}
	switch ((u8)c) { case 255: r += 1000; }
	switch (b) { case -1: r += 7; break; case 1L << 32: r += 8; }
	switch ((u64)c) { case 0x8000000000000000 ... 0xffffffffffffffff: r += 3; }
	switch (3) { case 3: r++; break; default: r = -1; }
	return r;
}
long t_duff(long a, long b, long c)
{
	int n = (a & 15) + 1, i = (n + 3) / 4;
	long s = 0;
	switch (n % 4) {
	case 0: do { s += b;
	case 3: s ^= c;
	case 2: s += 3;
	case 1: s *= 2;
		} while (--i > 0);
	}
	return s;
}
long t_goto(long a, long b, long c)
{
	int n = 0;
	a &= 7;
again:
	if (a-- > 0) {
		n += 3;
		goto again;
	}
	if (b > 0)
		goto in;
	while (n < 20) {
		n++;
in:
		n += 2;
		if (n == 11)
			goto out;
	}
out:
	return n;
}
long t_loops(long a, long b, long c)
{
	long s = 0;
	for (int i = 0, j = 10; i < j; i++, j--) {
		for (;;) {
			if (s > 50) break;
			s += i + 1;
			if (s & 1) continue;
			break;
		}
		if (i == (a & 3)) continue;
		s += j;
	}
	int k = b & 31;
	do s += k; while (k-- > 3);
	while (k++ < 5 && s) ;
	return s + k;
}
long t_stmtexpr(long a, long b, long c)
{
#define max(x, y) ({ __typeof__(x) _x = (x); __typeof__(y) _y = (y); _x > _y ? _x : _y; })
	long m = max(a, max(b, c));
	long n = ({ __label__ done; long k = 5; if (a > 0) goto done; k = 6; done: k; });
	long o = ({ __label__ done2; long k = 7; if (b > 0) goto done2; k = 8; done2: k + 1; });
	if (({ int r = a > b; r; }))
		n += 100;
	({ n++; });
	return m + n + o + ({ if (c == 0) return 42; c; });
}
long t_statics(long a, long b, long c)
{
	static long calls = 3;
	static int hist[4] = { [1] = 2 };
	{ static long calls; calls += 2; counter += calls; }
	calls++;
	hist[a & 3]++;
	return calls + counter + hist[0] + hist[1] * 2;
}
long t_literals(long a, long b, long c)
{
	struct point *p = &(struct point){ .y = a, .x = b };
	int *v = (int[]){ 1, a, c };
	long r = p->x + p->y + v[1] + (struct point){ 3, 4 }.y + *(int *)&(int){ 5 };
	struct nested n = { .p[1].x = a, .p[2] = { b, c }, .b = { 1, 2 } };
	struct nested z = {};
	int over[4] = { [0 ... 3] = 7, [1] = a, [2] = 1 };
	return r + n.p[0].x + n.p[1].x + n.p[2].y + n.i + z.in.s + over[a & 3] + over[1];
}
long t_enum(long a, long b, long c)
{
	enum op o = a;
	enum big g = b;
	long r = 0;
	if (o < 0) r |= 1;
	if (a < OP_MUL) r |= 2;
	if (o > OP_NEG) r |= 4;
	if (g > 5) r |= 8;
	if (b < BIG) r |= 16;
	if ((int)c < OP_SUB) r |= 32;
	switch (o) { case OP_ADD: r += 64; break; case OP_NEG: r += 128; break; default: break; }
	return r + sizeof(o) + sizeof(OP_ADD) + -OP_MUL;
}
long t_consts(long a, long b, long c)
{
	return 0xffffffff + 0x7fffffff + 1u - 2 + (-1 < 0u) + (1 ? -1 : 0u) + 'a' + '\377' + '\x80' + ~0u + ~0ul
		+ (u8)300 + (signed char)200 + (bool)256 + (1ull << 40) + (-8 >> 1) + (0x80000000 >> 3) + 07 + 0b101 + 5 % -3 + -7 / 2
		+ sizeof(struct nested) + sizeof(struct flags) + __builtin_offsetof(struct nested, p[1].y) + _Alignof(long)
		+ __builtin_constant_p(4) + __builtin_popcount(0xf0) + __builtin_ffs(8) + __builtin_clz(1) + __builtin_bswap32(1);
}
long t_overflow(long a, long b, long c)
{
	u32 r1; u64 r2, r3; u32 x = a, y = b;
	long f = __builtin_add_overflow(x, y, &r1);
	f |= __builtin_sub_overflow((u64)a, (u64)b, &r2) << 1;
	f |= __builtin_add_overflow((u64)a, (u64)c, &r3) << 2;
	return f + r1 + r2 * 3 + r3;
}
static void done(int *p) { counter = counter * 3 + *p; }
static long scoped(long a)
{
	int x __attribute__((cleanup(done))) = 1;
	if (a == 1) return counter;
	for (int i = 0; i < 3; i++) {
		int y __attribute__((cleanup(done))) = i + 2;
		if (a == 2 && i == 1) break;
		if (a == 3) continue;
		if (a == 4) goto out;
		if (a == 5) return counter;
		counter++;
	}
	counter += 5;
out:
	return counter;
}
long t_cleanup(long a, long b, long c)
{
	counter = 7;
	long r = scoped(a & 7);
	r = r * 1000 + counter % 1000;
	return r + ({ int z __attribute__((cleanup(done))) = 2; z + counter; });
}
static long fact(long n) { return n <= 1 ? 1 : n * fact(n - 1); }
long t_recursion(long a, long b, long c) { return fact(a & 15) + fact(b & 3); }
long t_order(long a, long b, long c)
{
	int v[3] = { 1, 2, 3 }, i = 0;
	struct point s = { 1, 2 }, *p = &s;
	i = v[i] = 2;
	p->x = p->y = a;
	a = (b = c, b + 1);
	long *q = &b;
	long k = (*q = *q + 1);
	return i + v[0] + v[2] + p->x + a + k + b;
}
long t_union(long a, long b, long c)
{
	union { u64 w; u32 h[2]; u8 b[8]; struct { u32 lo, hi; }; } u = { .w = a };
	u.b[1] = b;
	u.hi += c;
	return u.w ^ u.h[0] ^ u.lo;
}
long t_mixed(long a, long b, long c)
{
	char ch = a; unsigned short us = b; u32 u = c; int i = a;
	long r = ch * us + u * i + (ch < u) + (i < u) + (us - 1 < 0) + (u - 1 > 0) + (ch >> 1) + (us << 4);
	r += i / 3 + i % 3 + u / 3 + u % 3 + (a / 7) + (a % 7) + ((u64)a / 7) + ((u64)a % 7);
	r += (i & us) | (ch ^ u) | ~us;
	return r + -u + -ch + +us;
}
static long alt1(int i, u32 u, long l) { return i > 0 ? u : l & 1 ? i : (short)l; }
static int alt2(int i, u32 u, enum op o) { return u & 1 ? OP_NEG : u & 2 ? o : u & 4 ? i < 0 || u > 8 : i ?: OP_MUL; }
static bool alt3(long a, long b) { return a & b; }
static u8 alt4(long a, char c) { return a > 0 && c > 0 ? c << 1 : ~c; }
static long alt5(u8 a, bool b, enum big g) { return (a & 1 ? a : b) - 2 + (b ? g : -1); }
static int *alt6(int *p, long n) { return n ? p + (n & 1) : 0; }
static struct point alt7(long n) { return n > 0 ? mk(n, 1) : (struct point){ .y = n }; }
long t_alternatives(long a, long b, long c)
{
	int v[2] = { 4, 5 }, *p = alt6(v, b), k;
	long r = a < b ? c < 0 ? -1 : (u32)c : alt1(a, b, c);
	short s = c ? a > b ? 0x12345 : -5u : !a;
	bool t = a && (b || c);
	u32 w = t ? -1 : 1ul << 33;
	k = p ? *p : OP_SUB;
	k += (s = a > 0 ? b : c) + (t = !!(a & 8));
	r += alt2(a, b, c) * 3 + alt3(a, b) + alt4(b, c) + alt5(a, b, c) + alt7(c).x + alt7(a).y;
	return r + s + t + w + k + (-1 < (a ? OP_ADD : (u8)2)) + (b ? (c ? BIG : 1) : -1);
}
long t_thread(long a, long b, long c)
{
	int err = -5, done = 0, n = 0, t;
	bool ok;
	if (a < 0) goto out;
	err = b > 0 ? -7 : 0;
	if (err) goto out;
	if (c & 1) { err = 3; goto check; }
	err = c & 2;
check:
	if (err == 3) n += 10;
	if (err) n++;
	while (!done) {
		done = n++ > 3;
		if (done) break;
		for (t = 0; t < 2; t++) { if (t) continue; n += b & 1; }
	}
	t = a & 4 ? 0 : (ok = b < c, 1);
	if (t) n += ok ? 100 : 200;
	if (!t) n += 1000;
	do { t = c & 8 ? 1 : 0; c = (u64)c >> 1; } while (t);
	n += t;
	if (({ bool w = a > b && b > c; if (w) n += 5; w; })) n *= 2; else n += 7;
out:
	if (err < 0) return err;
	if (err != 0) n += err;
	return n;
}
